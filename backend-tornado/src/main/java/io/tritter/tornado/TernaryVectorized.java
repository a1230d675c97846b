package io.tritter.tornado;

import io.tritter.kernel.TernaryLevel;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * {@link TernaryLevel#VECTORIZED} on the device, for few rows of activations: a group a row of
 * weights, whose threads read neighbouring words, four steps at a time, so that whole lines come
 * from memory; then the sums of the threads are added.
 */
final class TernaryVectorized {
  static final int THREADS = 64;

  private static final int STEPS = 4;

  private TernaryVectorized() {}

  static void onDevice(KernelContext c, FloatArray f, IntArray i, IntArray n, FloatArray s) {
    int[] parts = c.allocateIntLocalArray(THREADS);
    int t = c.localIdx;
    int rows = n.get(3);
    int words = n.get(4);
    int x = n.get(0) + c.groupIdy * words * 8;
    int w = n.get(1) + c.groupIdx * words * 2;
    int sum = 0;
    for (int word0 = t; word0 < words; word0 += STEPS * THREADS) {
      for (int u = 0; u < STEPS; u++) {
        int word = word0 + u * THREADS;
        if (word < words) {
          int plus = i.get(w + 2 * word);
          int minus = i.get(w + 2 * word + 1);
          sum += Integer.bitCount(minus);
          for (int p = 0; p < 7; p++) {
            int bits = i.get(x + 8 * word + p);
            sum += Integer.bitCount((bits & plus) | (~bits & minus)) << p;
          }
          int sign = i.get(x + 8 * word + 7);
          sum -= Integer.bitCount((sign & plus) | (~sign & minus)) << 7;
        }
      }
    }
    parts[t] = sum;
    c.localBarrier();
    for (int half = THREADS / 2; half > 0; half = half / 2) {
      if (t < half) {
        parts[t] = parts[t] + parts[t + half];
      }
      c.localBarrier();
    }
    if (t == 0) {
      i.set(n.get(2) + c.groupIdy * rows + c.groupIdx, parts[0]);
    }
  }

  static Launch launch(int x, int weights, int out, int batch, int rows, int words) {
    int[] n = {x, weights, out, rows, words};
    return new Launch(Program.TERNARY_VECTORIZED, rows, batch, 1, n);
  }
}
