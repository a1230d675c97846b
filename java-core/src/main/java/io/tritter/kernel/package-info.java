/**
 * Every hot loop, on raw native memory: the scalar definition of each operation and its SIMD twin.
 */
@NullMarked
package io.tritter.kernel;

import org.jspecify.annotations.NullMarked;
