/** Text from files, tokens from text, batches from tokens. */
@NullMarked
package io.tritter.data;

import org.jspecify.annotations.NullMarked;
