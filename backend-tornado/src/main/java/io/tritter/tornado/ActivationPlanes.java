package io.tritter.tornado;

import io.tritter.kernel.TernaryLevel;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * The eight bit planes of int8 activations, 32 columns a word: what {@link TernaryLevel#BASIC} and
 * its faster forms count. A thread makes the planes of a word, [batch, words, 8].
 */
final class ActivationPlanes {
  static final int THREADS = 128;
  static final int PLANES = 8;

  /** Four columns a word of bytes, so eight of those for 32 columns. */
  static final int BYTE_WORDS = 8;

  private static final int EACH_BYTE = 0x0101_0101;

  /** Moves bits 0, 8, 16 and 24 to 24, 25, 26 and 27, without a carry. */
  private static final int GATHER = 0x0102_0408;

  private ActivationPlanes() {}

  static void onDevice(KernelContext c, FloatArray f, IntArray i, IntArray n, FloatArray s) {
    if (c.globalIdx < n.get(2)) {
      int x = n.get(0) + c.globalIdx * BYTE_WORDS;
      int out = n.get(1) + c.globalIdx * PLANES;
      for (int p = 0; p < PLANES; p++) {
        int plane = 0;
        for (int k = 0; k < BYTE_WORDS; k++) {
          int bits = ((i.get(x + k) >> p) & EACH_BYTE) * GATHER;
          plane = plane | (((bits >> 24) & 15) << (4 * k));
        }
        i.set(out + p, plane);
      }
    }
  }

  /**
   * The planes of activations.
   *
   * @param x rows of bytes, each filled up to whole words of 32 columns
   */
  static Launch launch(int x, int planes, int batch, int words) {
    int all = Math.multiplyExact(batch, words);
    return Launch.each(Program.ACTIVATION_PLANES, all, Launch.n(x, planes, all));
  }
}
