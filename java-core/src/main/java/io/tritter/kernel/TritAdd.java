package io.tritter.kernel;

import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * Sum modulo 3 of two trit vectors, mapped to -1, 0, +1: {@code out+ = a+ & b0 | a0 & b+ | a- &
 * b-}, and the same with plus and minus exchanged.
 */
final class TritAdd {
  private TritAdd() {}

  static void run(
      long[] aPlus, long[] aMinus, long[] bPlus, long[] bMinus, long[] outPlus, long[] outMinus) {
    check(aPlus, aMinus, bPlus, bMinus, outPlus, outMinus);
    tail(aPlus, aMinus, bPlus, bMinus, outPlus, outMinus, 0);
  }

  private static void check(
      long[] aPlus, long[] aMinus, long[] bPlus, long[] bMinus, long[] outPlus, long[] outMinus) {
    TritDot.check(aPlus, aMinus, bPlus, bMinus);
    if (outPlus.length != aPlus.length || outMinus.length != aPlus.length) {
      throw new IllegalArgumentException(
          "out planes: expected %d words, got %d and %d"
              .formatted(aPlus.length, outPlus.length, outMinus.length));
    }
  }

  private static void tail(
      long[] aPlus,
      long[] aMinus,
      long[] bPlus,
      long[] bMinus,
      long[] outPlus,
      long[] outMinus,
      int from) {
    for (int i = from; i < aPlus.length; i++) {
      long ap = aPlus[i];
      long am = aMinus[i];
      long bp = bPlus[i];
      long bm = bMinus[i];
      long aSet = ap | am;
      long bSet = bp | bm;
      outPlus[i] = (ap & ~bSet) | (bp & ~aSet) | (am & bm);
      outMinus[i] = (am & ~bSet) | (bm & ~aSet) | (ap & bp);
    }
  }

  /** On vectors. */
  static final class Simd {
    private static final VectorSpecies<Long> L = LongVector.SPECIES_PREFERRED;

    private Simd() {}

    static void run(
        long[] aPlus, long[] aMinus, long[] bPlus, long[] bMinus, long[] outPlus, long[] outMinus) {
      check(aPlus, aMinus, bPlus, bMinus, outPlus, outMinus);
      int bound = L.loopBound(aPlus.length);
      for (int i = 0; i < bound; i += L.length()) {
        LongVector ap = LongVector.fromArray(L, aPlus, i);
        LongVector am = LongVector.fromArray(L, aMinus, i);
        LongVector bp = LongVector.fromArray(L, bPlus, i);
        LongVector bm = LongVector.fromArray(L, bMinus, i);
        LongVector aSet = ap.or(am);
        LongVector bSet = bp.or(bm);
        without(ap, bSet).or(without(bp, aSet)).or(am.and(bm)).intoArray(outPlus, i);
        without(am, bSet).or(without(bm, aSet)).or(ap.and(bp)).intoArray(outMinus, i);
      }
      tail(aPlus, aMinus, bPlus, bMinus, outPlus, outMinus, bound);
    }

    private static LongVector without(LongVector a, LongVector b) {
      return a.lanewise(VectorOperators.AND_NOT, b);
    }
  }
}
