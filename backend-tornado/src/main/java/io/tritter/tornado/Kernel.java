package io.tritter.tornado;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.common.TornadoFunctions.Task5;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * What runs on the device: a static method of the memory of the device, {@code f} in float32 and
 * {@code i} in int32, of the integers {@code n} of its {@link Launch} (places in memory, then
 * sizes) and of its numbers {@code s}.
 *
 * <p>Sizes are arguments in memory and no parameters, because TornadoVM compiles parameters into
 * the code: this way one compilation serves every shape. KernelSourceTest lists what kernels may
 * not contain.
 */
interface Kernel extends Task5<KernelContext, FloatArray, IntArray, IntArray, FloatArray> {}
