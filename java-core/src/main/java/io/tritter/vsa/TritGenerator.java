package io.tritter.vsa;

/**
 * Uniform trits, 64 at a time, by position.
 *
 * <p>Word {@code w} of a seed has a SplitMix64 stream of its own (Steele, Lea and Flood, 2014): its
 * state starts at {@code mix(seed + (w + 1) * GAMMA)} and gains GAMMA before each output {@code
 * mix(state)}. Two outputs give each trit two bits: 00 is 0, 01 is +1, 10 is -1, and 11 draws again
 * from the next two outputs, so all three values are exactly equally likely.
 */
final class TritGenerator {
  private static final long GAMMA = 0x9E37_79B9_7F4A_7C15L;

  private TritGenerator() {}

  static void fill(long seed, int word, long[] plus, long[] minus) {
    long state = mix(seed + (word + 1L) * GAMMA);
    long p = 0;
    long m = 0;
    long open = -1L;
    while (open != 0) {
      state += GAMMA;
      long low = mix(state);
      state += GAMMA;
      long high = mix(state);
      p |= open & low & ~high;
      m |= open & high & ~low;
      open &= low & high;
    }
    plus[word] = p;
    minus[word] = m;
  }

  private static long mix(long z) {
    z = (z ^ (z >>> 30)) * 0xBF58_476D_1CE4_E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D0_49BB_1331_11EBL;
    return z ^ (z >>> 31);
  }
}
