package io.tritter.tornado;

import io.tritter.kernel.TernaryLevel;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * {@link TernaryLevel#TILED} on the device: a group has 16 rows of weights and 16 of activations,
 * and keeps eight words of each in local memory, where each is used 16 times.
 */
final class TernaryTiled {
  static final int THREADS = 256;

  private static final int SIDE = 16;
  private static final int WORDS = 8;

  /** Words of a row of activations, and one more: rows then begin in different banks. */
  private static final int PITCH = 8 * WORDS + 1;

  private static final int WEIGHT_PITCH = 2 * WORDS + 1;

  private TernaryTiled() {}

  static void onDevice(KernelContext c, FloatArray f, IntArray i, IntArray n, FloatArray s) {
    int[] x = c.allocateIntLocalArray(SIDE * PITCH);
    int[] w = c.allocateIntLocalArray(SIDE * WEIGHT_PITCH);
    int t = c.localIdx;
    int tx = t % SIDE;
    int ty = t / SIDE;
    int rows = n.get(3);
    int words = n.get(4);
    int batch = n.get(5);
    int row0 = c.groupIdx * SIDE;
    int batch0 = c.groupIdy * SIDE;
    int sum = 0;
    for (int word0 = 0; word0 < words; word0 += WORDS) {
      for (int u = 0; u < 4; u++) {
        int at = t + u * THREADS;
        int r = at / (8 * WORDS);
        int k = at % (8 * WORDS);
        int v = 0;
        if (batch0 + r < batch && word0 + k / 8 < words) {
          v = i.get(n.get(0) + ((batch0 + r) * words + word0) * 8 + k);
        }
        x[r * PITCH + k] = v;
      }
      int r = t / (2 * WORDS);
      int k = t % (2 * WORDS);
      int v = 0;
      if (row0 + r < rows && word0 + k / 2 < words) {
        v = i.get(n.get(1) + ((row0 + r) * words + word0) * 2 + k);
      }
      w[r * WEIGHT_PITCH + k] = v;
      c.localBarrier();
      for (int word = 0; word < WORDS; word++) {
        int plus = w[tx * WEIGHT_PITCH + 2 * word];
        int minus = w[tx * WEIGHT_PITCH + 2 * word + 1];
        sum += Integer.bitCount(minus);
        for (int p = 0; p < 7; p++) {
          int bits = x[ty * PITCH + 8 * word + p];
          sum += Integer.bitCount((bits & plus) | (~bits & minus)) << p;
        }
        int sign = x[ty * PITCH + 8 * word + 7];
        sum -= Integer.bitCount((sign & plus) | (~sign & minus)) << 7;
      }
      c.localBarrier();
    }
    if (row0 + tx < rows && batch0 + ty < batch) {
      i.set(n.get(2) + (batch0 + ty) * rows + row0 + tx, sum);
    }
  }

  static Launch launch(int x, int weights, int out, int batch, int rows, int words) {
    int[] n = {x, weights, out, rows, words, batch};
    return new Launch(
        Program.TERNARY_TILED, Math.ceilDiv(rows, SIDE), Math.ceilDiv(batch, SIDE), 1, n);
  }
}
