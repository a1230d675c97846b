package io.tritter.kernel;

import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** Number of places where two trit vectors differ: {@code popcount((a+ ^ b+) | (a- ^ b-))}. */
final class TritDifferences {
  private TritDifferences() {}

  static long run(long[] aPlus, long[] aMinus, long[] bPlus, long[] bMinus) {
    TritPlanes.check(aPlus, aMinus, bPlus, bMinus);
    return tail(aPlus, aMinus, bPlus, bMinus, 0);
  }

  private static long tail(long[] aPlus, long[] aMinus, long[] bPlus, long[] bMinus, int from) {
    long count = 0;
    for (int i = from; i < aPlus.length; i++) {
      count += Long.bitCount((aPlus[i] ^ bPlus[i]) | (aMinus[i] ^ bMinus[i]));
    }
    return count;
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
        LongVector plus =
            LongVector.fromArray(L, aPlus, i)
                .lanewise(VectorOperators.XOR, LongVector.fromArray(L, bPlus, i));
        LongVector minus =
            LongVector.fromArray(L, aMinus, i)
                .lanewise(VectorOperators.XOR, LongVector.fromArray(L, bMinus, i));
        sum = sum.add(plus.or(minus).lanewise(VectorOperators.BIT_COUNT));
      }
      return sum.reduceLanes(VectorOperators.ADD) + tail(aPlus, aMinus, bPlus, bMinus, bound);
    }
  }
}
