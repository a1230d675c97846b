/** Weights of 4 and 8 bits as bitsandbytes has them: codes, and the scales of their blocks. */
@NullMarked
package io.tritter.quant;

import org.jspecify.annotations.NullMarked;
