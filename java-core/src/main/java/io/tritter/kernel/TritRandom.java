package io.tritter.kernel;

import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * Uniform trits, 64 at a time, by position.
 *
 * <p>Word {@code w} of a seed has a SplitMix64 stream of its own (Steele, Lea and Flood, 2014): its
 * state starts at {@code mix(seed + (w + 1) * GAMMA)} and gains GAMMA before each output {@code
 * mix(state)}. Two outputs give each trit two bits: 00 is 0, 01 is +1, 10 is -1, and 11 draws again
 * from the next two outputs, so all three values are exactly equally likely.
 */
final class TritRandom {
  private static final long GAMMA = 0x9E37_79B9_7F4A_7C15L;
  private static final long FIRST = 0xBF58_476D_1CE4_E5B9L;
  private static final long SECOND = 0x94D0_49BB_1331_11EBL;

  private TritRandom() {}

  static void run(long seed, long[] plus, long[] minus) {
    check(plus, minus);
    range(seed, plus, minus, 0, plus.length);
  }

  private static void check(long[] plus, long[] minus) {
    if (minus.length != plus.length) {
      throw new IllegalArgumentException(
          "planes: expected two of one length, got %d and %d words"
              .formatted(plus.length, minus.length));
    }
  }

  private static void range(long seed, long[] plus, long[] minus, int from, int to) {
    for (int word = from; word < to; word++) {
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
  }

  private static long mix(long z) {
    z = (z ^ (z >>> 30)) * FIRST;
    z = (z ^ (z >>> 27)) * SECOND;
    return z ^ (z >>> 31);
  }

  /** One word a lane; a vector draws until its last lane is done, which changes no other lane. */
  static final class Simd {
    private static final VectorSpecies<Long> L = LongVector.SPECIES_PREFERRED;
    private static final LongVector LANE = LongVector.zero(L).addIndex(1).add(1);

    private Simd() {}

    static void run(long seed, long[] plus, long[] minus) {
      check(plus, minus);
      Workers.pieces(
          plus.length,
          TritPlanes.PIECE,
          (from, to) -> vectors(seed, plus, minus, (int) from, (int) to));
    }

    private static void vectors(long seed, long[] plus, long[] minus, int from, int to) {
      int bound = from + L.loopBound(to - from);
      for (int word = from; word < bound; word += L.length()) {
        LongVector state = mix(LANE.add(word).mul(GAMMA).add(seed));
        LongVector p = LongVector.zero(L);
        LongVector m = p;
        LongVector open = LongVector.broadcast(L, -1L);
        while (open.compare(VectorOperators.NE, 0).anyTrue()) {
          state = state.add(GAMMA);
          LongVector low = mix(state);
          state = state.add(GAMMA);
          LongVector high = mix(state);
          LongVector openLow = open.and(low);
          p = p.or(openLow.lanewise(VectorOperators.AND_NOT, high));
          m = m.or(open.and(high).lanewise(VectorOperators.AND_NOT, low));
          open = openLow.and(high);
        }
        p.intoArray(plus, word);
        m.intoArray(minus, word);
      }
      range(seed, plus, minus, bound, to);
    }

    private static LongVector mix(LongVector z) {
      LongVector a = shiftXor(z, 30).mul(FIRST);
      LongVector b = shiftXor(a, 27).mul(SECOND);
      return shiftXor(b, 31);
    }

    private static LongVector shiftXor(LongVector z, int by) {
      return z.lanewise(VectorOperators.XOR, z.lanewise(VectorOperators.LSHR, by));
    }
  }
}
