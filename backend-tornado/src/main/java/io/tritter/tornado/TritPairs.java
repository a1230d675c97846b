package io.tritter.tornado;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * What is done with two trit vectors word by word, each a plane of plus and one of minus: their sum
 * modulo 3 and their product, a thread a word of 32 trits.
 */
final class TritPairs {
  static final int THREADS = 256;

  private TritPairs() {}

  static void sumOnDevice(KernelContext c, FloatArray f, IntArray i, IntArray n, FloatArray s) {
    if (c.globalIdx < n.get(6)) {
      int ap = i.get(n.get(0) + c.globalIdx);
      int am = i.get(n.get(1) + c.globalIdx);
      int bp = i.get(n.get(2) + c.globalIdx);
      int bm = i.get(n.get(3) + c.globalIdx);
      int a = ap | am;
      int b = bp | bm;
      i.set(n.get(4) + c.globalIdx, (ap & ~b) | (bp & ~a) | (am & bm));
      i.set(n.get(5) + c.globalIdx, (am & ~b) | (bm & ~a) | (ap & bp));
    }
  }

  static void productOnDevice(KernelContext c, FloatArray f, IntArray i, IntArray n, FloatArray s) {
    if (c.globalIdx < n.get(6)) {
      int ap = i.get(n.get(0) + c.globalIdx);
      int am = i.get(n.get(1) + c.globalIdx);
      int bp = i.get(n.get(2) + c.globalIdx);
      int bm = i.get(n.get(3) + c.globalIdx);
      i.set(n.get(4) + c.globalIdx, (ap & bp) | (am & bm));
      i.set(n.get(5) + c.globalIdx, (ap & bm) | (am & bp));
    }
  }

  static void run(
      Device device,
      Program program,
      long[] aPlus,
      long[] aMinus,
      long[] bPlus,
      long[] bMinus,
      long[] outPlus,
      long[] outMinus) {
    int words = 2 * aPlus.length;
    try (Scratch m = device.scratch()) {
      int plus = m.ints(words);
      int minus = m.ints(words);
      int[] n = {
        m.writeLongs(aPlus),
        m.writeLongs(aMinus),
        m.writeLongs(bPlus),
        m.writeLongs(bMinus),
        plus,
        minus,
        words
      };
      m.run(Launch.each(program, words, n));
      m.readLongs(plus, outPlus);
      m.readLongs(minus, outMinus);
    }
  }
}
