package io.tritter.tornado;

import io.tritter.kernel.Kernels;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * The two bit planes of ternary weights from the 2-bit bytes of {@link Kernels#packTrits}: a thread
 * a word of 32 columns, [rows, words, 2], plus then minus.
 */
final class WeightPlanes {
  static final int THREADS = 128;

  /** Sixteen columns of two bits a word, so two of those for 32 columns. */
  static final int PACKED_WORDS = 2;

  private WeightPlanes() {}

  static void onDevice(KernelContext c, FloatArray f, IntArray i, IntArray n, FloatArray s) {
    if (c.globalIdx < n.get(2)) {
      int low = i.get(n.get(0) + 2 * c.globalIdx);
      int high = i.get(n.get(0) + 2 * c.globalIdx + 1);
      int out = n.get(1) + 2 * c.globalIdx;
      i.set(out, even(low) | (even(high) << 16));
      i.set(out + 1, even(low >> 1) | (even(high >> 1) << 16));
    }
  }

  /** The bits at even places side by side. */
  private static int even(int x) {
    int v = x & 0x5555_5555;
    v = (v | (v >> 1)) & 0x3333_3333;
    v = (v | (v >> 2)) & 0x0f0f_0f0f;
    v = (v | (v >> 4)) & 0x00ff_00ff;
    return (v | (v >> 8)) & 0xffff;
  }

  /**
   * The planes of weights.
   *
   * @param packed rows of 2-bit bytes, each filled up to whole words of 32 columns
   */
  static Launch launch(int packed, int planes, int rows, int words) {
    int all = Math.multiplyExact(rows, words);
    return Launch.each(Program.WEIGHT_PLANES, all, Launch.n(packed, planes, all));
  }
}
