/**
 * Kernels on the devices of TornadoVM, a backend that {@code io.tritter.kernel} finds at run time.
 */
@NullMarked
package io.tritter.tornado;

import org.jspecify.annotations.NullMarked;
