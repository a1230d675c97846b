/** Trits: bit planes, 2-bit bytes, and the published 2-bit layouts. */
@NullMarked
package io.tritter.ternary;

import org.jspecify.annotations.NullMarked;
