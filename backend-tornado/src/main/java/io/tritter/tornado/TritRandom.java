package io.tritter.tornado;

import io.tritter.kernel.TernaryKernels;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * {@link TernaryKernels#tritRandom}: the streams of the CPU, a thread a word of 64 trits; so the
 * trits of a seed are the same on every device.
 */
final class TritRandom {
  static final int THREADS = 128;

  private static final long GAMMA = 0x9E37_79B9_7F4A_7C15L;
  private static final long FIRST = 0xBF58_476D_1CE4_E5B9L;
  private static final long SECOND = 0x94D0_49BB_1331_11EBL;
  private static final long LOW = 0xffff_ffffL;

  private TritRandom() {}

  static void onDevice(KernelContext c, FloatArray f, IntArray i, IntArray n, FloatArray s) {
    if (c.globalIdx < n.get(4)) {
      long seed = ((long) n.get(3) << 32) | (n.get(2) & LOW);
      long state = mix(seed + (c.globalIdx + 1L) * GAMMA);
      long plus = 0L;
      long minus = 0L;
      long open = -1L;
      while (open != 0L) {
        state += GAMMA;
        long low = mix(state);
        state += GAMMA;
        long high = mix(state);
        plus = plus | (open & low & ~high);
        minus = minus | (open & high & ~low);
        open = open & low & high;
      }
      int at = 2 * c.globalIdx;
      i.set(n.get(0) + at, (int) plus);
      i.set(n.get(0) + at + 1, (int) (plus >> 32));
      i.set(n.get(1) + at, (int) minus);
      i.set(n.get(1) + at + 1, (int) (minus >> 32));
    }
  }

  private static long mix(long z) {
    long a = (z ^ ((z >> 30) & 0x3_ffff_ffffL)) * FIRST;
    long b = (a ^ ((a >> 27) & 0x1f_ffff_ffffL)) * SECOND;
    return b ^ ((b >> 31) & 0x1_ffff_ffffL);
  }

  static void run(Device device, long seed, long[] plus, long[] minus) {
    int words = plus.length;
    try (Scratch m = device.scratch()) {
      int p = m.ints(2L * words);
      int q = m.ints(2L * words);
      int[] n = {p, q, (int) seed, (int) (seed >> 32), words};
      m.run(Launch.each(Program.TRIT_RANDOM, words, n));
      m.readLongs(p, plus);
      m.readLongs(q, minus);
    }
  }
}
