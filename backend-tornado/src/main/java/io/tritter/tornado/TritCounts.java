package io.tritter.tornado;

import java.lang.foreign.MemorySegment;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * Dot product and distance of two trit vectors: a thread counts every so many words, a group adds
 * the counts of its threads, and the CPU those of the groups.
 */
final class TritCounts {
  static final int THREADS = 128;

  private static final int MOST_GROUPS = 256;

  private TritCounts() {}

  /** {@code sum(a * b)} in the first results, the places where a and b differ in the second. */
  static void onDevice(KernelContext c, FloatArray f, IntArray i, IntArray n, FloatArray s) {
    int[] parts = c.allocateIntLocalArray(THREADS);
    int t = c.localIdx;
    int dot = 0;
    int differences = 0;
    for (int k = c.globalIdx; k < n.get(5); k += n.get(6) * THREADS) {
      int ap = i.get(n.get(0) + k);
      int am = i.get(n.get(1) + k);
      int bp = i.get(n.get(2) + k);
      int bm = i.get(n.get(3) + k);
      dot += Integer.bitCount((ap & bp) | (am & bm));
      dot -= Integer.bitCount((ap & bm) | (am & bp));
      differences += Integer.bitCount((ap ^ bp) | (am ^ bm));
    }
    parts[t] = n.get(7) == 0 ? dot : differences;
    c.localBarrier();
    for (int half = THREADS / 2; half > 0; half = half / 2) {
      if (t < half) {
        parts[t] = parts[t] + parts[t + half];
      }
      c.localBarrier();
    }
    if (t == 0) {
      i.set(n.get(4) + c.groupIdx, parts[0]);
    }
  }

  /** The dot product, or the number of places where they differ. */
  static long run(
      Device device,
      boolean differences,
      long[] aPlus,
      long[] aMinus,
      long[] bPlus,
      long[] bMinus) {
    int words = 2 * aPlus.length;
    int groups = Math.min(MOST_GROUPS, Math.ceilDiv(words, THREADS));
    try (Scratch m = device.scratch()) {
      int out = m.ints(groups);
      int[] n = {
        m.writeLongs(aPlus),
        m.writeLongs(aMinus),
        m.writeLongs(bPlus),
        m.writeLongs(bMinus),
        out,
        words,
        groups,
        differences ? 1 : 0
      };
      m.run(Launch.of(Program.TRIT_COUNTS, groups, n));
      int[] counts = new int[groups];
      m.readInts(out, MemorySegment.ofArray(counts), groups);
      long sum = 0;
      for (int count : counts) {
        sum += count;
      }
      return sum;
    }
  }
}
