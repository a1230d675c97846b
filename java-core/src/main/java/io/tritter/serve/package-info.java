/** A small server of text completions, with the requests and answers of OpenAI's API. */
@NullMarked
package io.tritter.serve;

import org.jspecify.annotations.NullMarked;
