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
    TritPlanes.check(aPlus, aMinus, bPlus, bMinus);
    TritPlanes.checkOut(aPlus.length, outPlus, outMinus);
    range(aPlus, aMinus, bPlus, bMinus, outPlus, outMinus, 0, aPlus.length);
  }

  private static void range(
      long[] aPlus,
      long[] aMinus,
      long[] bPlus,
      long[] bMinus,
      long[] outPlus,
      long[] outMinus,
      int from,
      int to) {
    for (int i = from; i < to; i++) {
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
      TritPlanes.check(aPlus, aMinus, bPlus, bMinus);
      TritPlanes.checkOut(aPlus.length, outPlus, outMinus);
      Workers.pieces(
          aPlus.length,
          TritPlanes.PIECE,
          (from, to) ->
              vectors(aPlus, aMinus, bPlus, bMinus, outPlus, outMinus, (int) from, (int) to));
    }

    private static void vectors(
        long[] aPlus,
        long[] aMinus,
        long[] bPlus,
        long[] bMinus,
        long[] outPlus,
        long[] outMinus,
        int from,
        int to) {
      int bound = from + L.loopBound(to - from);
      for (int i = from; i < bound; i += L.length()) {
        LongVector ap = LongVector.fromArray(L, aPlus, i);
        LongVector am = LongVector.fromArray(L, aMinus, i);
        LongVector bp = LongVector.fromArray(L, bPlus, i);
        LongVector bm = LongVector.fromArray(L, bMinus, i);
        LongVector aSet = ap.or(am);
        LongVector bSet = bp.or(bm);
        without(ap, bSet).or(without(bp, aSet)).or(am.and(bm)).intoArray(outPlus, i);
        without(am, bSet).or(without(bm, aSet)).or(ap.and(bp)).intoArray(outMinus, i);
      }
      range(aPlus, aMinus, bPlus, bMinus, outPlus, outMinus, bound, to);
    }

    private static LongVector without(LongVector a, LongVector b) {
      return a.lanewise(VectorOperators.AND_NOT, b);
    }
  }
}
