/** BitNet b1.58: ternary weights, quantized activations, training by the straight-through rule. */
@NullMarked
package io.tritter.bitnet;

import org.jspecify.annotations.NullMarked;
