package io.tritter.tornado;

import io.tritter.kernel.TernaryKernels;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * {@link TernaryKernels#tritVote} for weights whose sum is an int: a thread a trit, which adds the
 * weighted trits of all vectors; the signs of 32 threads become a word through local memory.
 */
final class TritVote {
  static final int THREADS = 128;

  private TritVote() {}

  static void onDevice(KernelContext c, FloatArray f, IntArray i, IntArray n, FloatArray s) {
    int[] signs = c.allocateIntLocalArray(THREADS);
    int t = c.localIdx;
    int words = n.get(5);
    int word = c.globalIdx / 32;
    int bit = t % 32;
    int sum = 0;
    if (word < words) {
      for (int v = 0; v < n.get(4); v++) {
        int at = v * words + word;
        int plus = (i.get(n.get(0) + at) >> bit) & 1;
        int minus = (i.get(n.get(1) + at) >> bit) & 1;
        sum += i.get(n.get(6) + v) * (plus - minus);
      }
    }
    signs[t] = sum;
    c.localBarrier();
    if (bit == 0 && word < words) {
      int more = 0;
      int fewer = 0;
      for (int k = 0; k < 32; k++) {
        int sign = signs[t + k];
        more = more | (sign > 0 ? 1 << k : 0);
        fewer = fewer | (sign < 0 ? 1 << k : 0);
      }
      i.set(n.get(2) + word, more);
      i.set(n.get(3) + word, fewer);
    }
  }

  /** Whether any sum of the weighted trits is an int. */
  static boolean suits(long[] weights, int[] shifts) {
    double sum = 0;
    for (int v = 0; v < weights.length; v++) {
      sum += Math.abs((double) weights[v]) * Math.pow(2, shifts[v]);
    }
    return sum <= Integer.MAX_VALUE;
  }

  static void run(
      Device device,
      long[][] plus,
      long[][] minus,
      long[] weights,
      int[] shifts,
      long[] outPlus,
      long[] outMinus) {
    int words = 2 * outPlus.length;
    int count = plus.length;
    try (Scratch m = device.scratch();
        Arena arena = Arena.ofConfined()) {
      int more = m.ints(words);
      int fewer = m.ints(words);
      MemorySegment factors = arena.allocate(4L * count, 4);
      for (int v = 0; v < count; v++) {
        int factor = (int) (weights[v] << shifts[v]);
        factors.setAtIndex(ValueLayout.JAVA_INT, v, factor);
      }
      int[] n = {
        m.writeLongs(concat(plus, outPlus.length)),
        m.writeLongs(concat(minus, outPlus.length)),
        more,
        fewer,
        count,
        words,
        m.writeInts(factors, count)
      };
      m.run(Launch.each(Program.TRIT_VOTE, 32L * words, n));
      m.readLongs(more, outPlus);
      m.readLongs(fewer, outMinus);
    }
  }

  private static long[] concat(long[][] planes, int words) {
    long[] all = new long[planes.length * words];
    for (int v = 0; v < planes.length; v++) {
      System.arraycopy(planes[v], 0, all, v * words, words);
    }
    return all;
  }
}
