package io.tritter.kernel;

import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * Dot product of two trit vectors: {@code popcount(x+ & y+ | x- & y-) - popcount(x+ & y- | x- &
 * y+)}; the two terms of each union have no bit in common.
 */
final class TritDot {
  private TritDot() {}

  static long run(long[] aPlus, long[] aMinus, long[] bPlus, long[] bMinus) {
    TritPlanes.check(aPlus, aMinus, bPlus, bMinus);
    return tail(aPlus, aMinus, bPlus, bMinus, 0);
  }

  private static long tail(long[] aPlus, long[] aMinus, long[] bPlus, long[] bMinus, int from) {
    long dot = 0;
    for (int i = from; i < aPlus.length; i++) {
      long same = (aPlus[i] & bPlus[i]) | (aMinus[i] & bMinus[i]);
      long opposite = (aPlus[i] & bMinus[i]) | (aMinus[i] & bPlus[i]);
      dot += Long.bitCount(same) - Long.bitCount(opposite);
    }
    return dot;
  }

  /** On vectors. */
  static final class Simd {
    private static final VectorSpecies<Long> L = LongVector.SPECIES_PREFERRED;

    private Simd() {}

    static long run(long[] aPlus, long[] aMinus, long[] bPlus, long[] bMinus) {
      TritPlanes.check(aPlus, aMinus, bPlus, bMinus);
      int bound = L.loopBound(aPlus.length);
      LongVector sum = LongVector.zero(L);
      for (int i = 0; i < bound; i += L.length()) {
        LongVector ap = LongVector.fromArray(L, aPlus, i);
        LongVector am = LongVector.fromArray(L, aMinus, i);
        LongVector bp = LongVector.fromArray(L, bPlus, i);
        LongVector bm = LongVector.fromArray(L, bMinus, i);
        LongVector same = ap.and(bp).or(am.and(bm));
        LongVector opposite = ap.and(bm).or(am.and(bp));
        sum =
            sum.add(same.lanewise(VectorOperators.BIT_COUNT))
                .sub(opposite.lanewise(VectorOperators.BIT_COUNT));
      }
      return sum.reduceLanes(VectorOperators.ADD) + tail(aPlus, aMinus, bPlus, bMinus, bound);
    }
  }
}
