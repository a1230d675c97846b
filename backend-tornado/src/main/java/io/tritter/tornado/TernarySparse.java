package io.tritter.tornado;

import io.tritter.kernel.TernaryLevel;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * {@link TernaryLevel#SPARSE} on the device: each row of weights has a list of its words of 32
 * trits that are not all zero, number, plus and minus; a thread a sum, which skips the others.
 */
final class TernarySparse {
  static final int THREADS = 128;

  /** Integers of an entry. */
  static final int ENTRY = 3;

  private TernarySparse() {}

  static void onDevice(KernelContext c, FloatArray f, IntArray i, IntArray n, FloatArray s) {
    int rows = n.get(4);
    int words = n.get(5);
    int row = c.globalIdx;
    if (row < rows) {
      int x = n.get(0) + c.groupIdy * words * 8;
      int from = i.get(n.get(1) + row);
      int to = i.get(n.get(1) + row + 1);
      int sum = 0;
      for (int entry = from; entry < to; entry++) {
        int at = n.get(2) + 3 * entry;
        int here = x + 8 * i.get(at);
        int plus = i.get(at + 1);
        int minus = i.get(at + 2);
        sum += Integer.bitCount(minus);
        for (int p = 0; p < 7; p++) {
          int bits = i.get(here + p);
          sum += Integer.bitCount((bits & plus) | (~bits & minus)) << p;
        }
        int sign = i.get(here + 7);
        sum -= Integer.bitCount((sign & plus) | (~sign & minus)) << 7;
      }
      i.set(n.get(3) + c.groupIdy * rows + row, sum);
    }
  }

  /**
   * The products of the listed words.
   *
   * @param starts the first entry of each row, and one more for the end
   */
  static Launch launch(int x, int starts, int entries, int out, int batch, int rows, int words) {
    int[] n = {x, starts, entries, out, rows, words};
    return new Launch(Program.TERNARY_SPARSE, Math.ceilDiv(rows, THREADS), batch, 1, n);
  }
}
