package io.tritter.kernel;

import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Product of two trit vectors: {@code out+ = a+ & b+ | a- & b-}, {@code out- = a+ & b- | a- & b+}.
 */
final class TritMultiply {
  private TritMultiply() {}

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
      outPlus[i] = (ap & bp) | (am & bm);
      outMinus[i] = (ap & bm) | (am & bp);
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
        ap.and(bp).or(am.and(bm)).intoArray(outPlus, i);
        ap.and(bm).or(am.and(bp)).intoArray(outMinus, i);
      }
      range(aPlus, aMinus, bPlus, bMinus, outPlus, outMinus, bound, to);
    }
  }
}
