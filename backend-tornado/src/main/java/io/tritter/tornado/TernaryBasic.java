package io.tritter.tornado;

import io.tritter.kernel.TernaryLevel;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * {@link TernaryLevel#BASIC} on the device, a thread a sum: {@code x . t = popcount(t-) + sum_p 2^p
 * popcount(x_p & t+ | ~x_p & t-)}, plane 7 counting -128; and the sums of groups inside a row.
 */
final class TernaryBasic {
  static final int THREADS = 128;

  private TernaryBasic() {}

  static void onDevice(KernelContext c, FloatArray f, IntArray i, IntArray n, FloatArray s) {
    int rows = n.get(3);
    int words = n.get(4);
    int row = c.globalIdx;
    if (row < rows) {
      int x = n.get(0) + c.groupIdy * words * 8;
      int w = n.get(1) + row * words * 2;
      int sum = 0;
      for (int k = 0; k < words; k++) {
        sum += dot(i, x + 8 * k, i.get(w + 2 * k), i.get(w + 2 * k + 1));
      }
      i.set(n.get(2) + c.groupIdy * rows + row, sum);
    }
  }

  static void groupsOnDevice(KernelContext c, FloatArray f, IntArray i, IntArray n, FloatArray s) {
    int rows = n.get(3);
    int words = n.get(4);
    int cols = n.get(5);
    int size = n.get(6);
    int groups = n.get(7);
    int inverseScales = n.get(9);
    int row = c.globalIdx;
    if (row < rows) {
      int x = n.get(0) + c.groupIdy * words * 8;
      int w = n.get(1) + row * words * 2;
      float total = 0f;
      for (int g = 0; g < groups; g++) {
        int from = g * size;
        int to = Math.min(cols, from + size);
        int sum = 0;
        for (int k = from / 32; k * 32 < to; k++) {
          int mask = below(to - 32 * k) & ~below(from - 32 * k);
          sum += dot(i, x + 8 * k, i.get(w + 2 * k) & mask, i.get(w + 2 * k + 1) & mask);
        }
        total = total + Rounded.product(f.get(n.get(8) + row * groups + g), (float) sum);
      }
      if (inverseScales >= 0) {
        total =
            Rounded.product(Rounded.product(s.get(0), f.get(inverseScales + c.groupIdy)), total);
      }
      f.set(n.get(2) + c.groupIdy * rows + row, total);
    }
  }

  /** The lowest bits, none below 0 and all from 32 on. */
  private static int below(int bits) {
    int some = (1 << (bits & 31)) - 1;
    return bits >= 32 ? -1 : bits > 0 ? some : 0;
  }

  private static int dot(IntArray i, int x, int plus, int minus) {
    int sum = Integer.bitCount(minus);
    for (int p = 0; p < 7; p++) {
      int bits = i.get(x + p);
      sum += Integer.bitCount((bits & plus) | (~bits & minus)) << p;
    }
    int sign = i.get(x + 7);
    return sum - (Integer.bitCount((sign & plus) | (~sign & minus)) << 7);
  }

  static Launch launch(int x, int weights, int out, int batch, int rows, int words) {
    int[] n = {x, weights, out, rows, words};
    return new Launch(Program.TERNARY_BASIC, Math.ceilDiv(rows, THREADS), batch, 1, n);
  }

  /**
   * Sums of groups, scaled.
   *
   * @param inverseScales of the rows of x, by which and by {@code scale} their sums are multiplied;
   *     -1 for none
   */
  static Launch groups(
      int x,
      int weights,
      int out,
      int scales,
      int inverseScales,
      float scale,
      int batch,
      int rows,
      int cols,
      int words,
      int groupSize) {
    int size = Math.min(groupSize, cols);
    int groups = Math.ceilDiv(cols, size);
    int[] n = {x, weights, out, rows, words, cols, size, groups, scales, inverseScales};
    return new Launch(Program.TERNARY_GROUPS, Math.ceilDiv(rows, THREADS), batch, 1, n, scale);
  }
}
