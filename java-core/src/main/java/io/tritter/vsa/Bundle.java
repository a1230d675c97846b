package io.tritter.vsa;

import io.tritter.kernel.Kernels;
import io.tritter.tensor.Check;
import java.util.Arrays;
import java.util.List;

/** Majority votes of hypervectors, see {@link Hypervector#bundle}. */
final class Bundle {
  private static final int SIGNIFICAND_BITS = 23;

  private Bundle() {}

  static Hypervector of(List<Hypervector> vectors) {
    long[] ones = new long[vectors.size()];
    Arrays.fill(ones, 1);
    return vote(vectors, ones, new int[ones.length]);
  }

  static Hypervector of(List<Hypervector> vectors, int[] weights) {
    checkCount(vectors, weights.length);
    return vote(vectors, Arrays.stream(weights).asLongStream().toArray(), new int[weights.length]);
  }

  /** Every float32 is an odd integer times a power of two: the votes are counted in integers. */
  static Hypervector of(List<Hypervector> vectors, float[] weights) {
    checkCount(vectors, weights.length);
    long[] integers = new long[weights.length];
    int[] shifts = new int[weights.length];
    int least = Integer.MAX_VALUE;
    for (int v = 0; v < weights.length; v++) {
      if (!Float.isFinite(weights[v])) {
        throw Check.expected("weights", "finite numbers", weights[v] + " at " + v);
      }
      if (weights[v] != 0) {
        int exponent = Math.max(Math.getExponent(weights[v]), Float.MIN_EXPONENT);
        long integer = (long) Math.scalb((double) weights[v], SIGNIFICAND_BITS - exponent);
        int zeros = Long.numberOfTrailingZeros(integer);
        integers[v] = integer >> zeros;
        shifts[v] = exponent + zeros;
        least = Math.min(least, shifts[v]);
      }
    }
    for (int v = 0; v < weights.length; v++) {
      shifts[v] = integers[v] == 0 ? 0 : shifts[v] - least;
    }
    return vote(vectors, integers, shifts);
  }

  /**
   * The value with the most votes, trit by trit; 0 unless +1 or -1 has more than both others. For
   * vectors as elements of the group of integers modulo 3, where 0 is a value like the others.
   */
  static Hypervector plurality(List<Hypervector> vectors, int[] weights) {
    checkCount(vectors, weights.length);
    long[] votes = Arrays.stream(weights).asLongStream().toArray();
    int[] shifts = new int[votes.length];
    Hypervector sign = vote(vectors, votes, shifts);
    Hypervector plusOverZero =
        vote(vectors.stream().map(v -> v.against(v.plus)).toList(), votes, shifts);
    Hypervector minusOverZero =
        vote(vectors.stream().map(v -> v.against(v.minus)).toList(), votes, shifts);
    long[] plus = new long[sign.plus.length];
    long[] minus = new long[plus.length];
    for (int i = 0; i < plus.length; i++) {
      plus[i] = sign.plus[i] & plusOverZero.plus[i];
      minus[i] = sign.minus[i] & minusOverZero.plus[i];
    }
    return new Hypervector(sign.dim(), plus, minus);
  }

  private static Hypervector vote(List<Hypervector> vectors, long[] weights, int[] shifts) {
    if (vectors.isEmpty()) {
      throw Check.expected("vectors", "at least 1", 0);
    }
    Hypervector first = vectors.get(0);
    vectors.forEach(first::checkSameDim);
    long[] plus = new long[first.plus.length];
    long[] minus = new long[plus.length];
    Kernels.active()
        .tritVote(
            vectors.stream().map(v -> v.plus).toArray(long[][]::new),
            vectors.stream().map(v -> v.minus).toArray(long[][]::new),
            weights,
            shifts,
            plus,
            minus);
    return new Hypervector(first.dim(), plus, minus);
  }

  private static void checkCount(List<Hypervector> vectors, int weights) {
    if (weights != vectors.size()) {
      throw Check.expected("weights", vectors.size() + " numbers", weights);
    }
  }
}
