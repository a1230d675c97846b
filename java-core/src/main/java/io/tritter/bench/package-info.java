/** Ways of training side by side, by the time that they take to the same held-out loss. */
@NullMarked
package io.tritter.bench;

import org.jspecify.annotations.NullMarked;
