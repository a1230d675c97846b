/** Float32 arrays on native memory: the only owner of buffers. */
@NullMarked
package io.tritter.tensor;

import org.jspecify.annotations.NullMarked;
