/** Trits, packed: bit planes for vectors and 2-bit bytes for matrices. */
@NullMarked
package io.tritter.ternary;

import org.jspecify.annotations.NullMarked;
