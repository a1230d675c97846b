package io.tritter.tornado;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * {@code out[b, r] = (scale * inverseScales[b]) * (scales[r] * sums[b, r])}: the end of a product
 * of integers whose rows of weights have one scale each, a thread a sum.
 */
final class ScaledSums {
  static final int THREADS = 128;

  private ScaledSums() {}

  static void onDevice(KernelContext c, FloatArray f, IntArray i, IntArray n, FloatArray s) {
    int rows = n.get(4);
    int row = c.globalIdx;
    if (row < rows) {
      int at = c.groupIdy * rows + row;
      // As the sum of one group, which is never -0.
      float sum = 0f + Rounded.product(f.get(n.get(1) + row), (float) i.get(n.get(0) + at));
      float factor = Rounded.product(s.get(0), f.get(n.get(2) + c.groupIdy));
      f.set(n.get(3) + at, Rounded.product(factor, sum));
    }
  }

  static Launch launch(
      int sums, int scales, int inverseScales, int out, int batch, int rows, float scale) {
    int[] n = {sums, scales, inverseScales, out, rows};
    return new Launch(Program.SCALED_SUMS, Math.ceilDiv(rows, THREADS), batch, 1, n, scale);
  }
}
