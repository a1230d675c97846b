package io.tritter.vsa;

import io.tritter.tensor.Check;
import java.util.Arrays;
import java.util.List;

/** Majority votes of hypervectors, see {@link Hypervector#bundle}. */
final class Bundle {
  private Bundle() {}

  /**
   * Counts the votes for +1 and for -1 of 64 trits at a time in bit-sliced counters: bit j of slice
   * k is bit k of the count of trit j.
   */
  static Hypervector of(List<Hypervector> vectors) {
    Hypervector first = check(vectors);
    int slices = Integer.SIZE - Integer.numberOfLeadingZeros(vectors.size());
    long[] ups = new long[slices];
    long[] downs = new long[slices];
    long[] plus = new long[first.plus.length];
    long[] minus = new long[plus.length];
    for (int i = 0; i < plus.length; i++) {
      for (Hypervector v : vectors) {
        count(ups, v.plus[i]);
        count(downs, v.minus[i]);
      }
      for (int k = slices - 1; k >= 0; k--) {
        long more = ups[k] & ~downs[k] & ~minus[i];
        long fewer = downs[k] & ~ups[k] & ~plus[i];
        plus[i] |= more;
        minus[i] |= fewer;
        ups[k] = 0;
        downs[k] = 0;
      }
    }
    return new Hypervector(first.dim(), plus, minus);
  }

  private static void count(long[] slices, long votes) {
    long carry = votes;
    for (int k = 0; carry != 0; k++) {
      long next = slices[k] & carry;
      slices[k] ^= carry;
      carry = next;
    }
  }

  static Hypervector of(List<Hypervector> vectors, float[] weights) {
    Hypervector first = check(vectors);
    if (weights.length != vectors.size()) {
      throw Check.expected("weights", vectors.size() + " numbers", weights.length);
    }
    for (int v = 0; v < weights.length; v++) {
      if (!Float.isFinite(weights[v])) {
        throw Check.expected("weights", "finite numbers", weights[v] + " at " + v);
      }
    }
    double[] sums = new double[Long.SIZE];
    long[] plus = new long[first.plus.length];
    long[] minus = new long[plus.length];
    for (int i = 0; i < plus.length; i++) {
      Arrays.fill(sums, 0);
      for (int v = 0; v < weights.length; v++) {
        add(weights[v], vectors.get(v).plus[i], vectors.get(v).minus[i], sums);
      }
      for (int j = 0; j < Long.SIZE; j++) {
        plus[i] |= sums[j] > 0 ? 1L << j : 0;
        minus[i] |= sums[j] < 0 ? 1L << j : 0;
      }
    }
    return new Hypervector(first.dim(), plus, minus);
  }

  private static void add(double weight, long plus, long minus, double[] sums) {
    for (int j = 0; j < Long.SIZE; j++) {
      sums[j] += weight * (((plus >>> j) & 1) - ((minus >>> j) & 1));
    }
  }

  private static Hypervector check(List<Hypervector> vectors) {
    if (vectors.isEmpty()) {
      throw Check.expected("vectors", "at least 1", 0);
    }
    Hypervector first = vectors.get(0);
    vectors.forEach(first::checkSameDim);
    return first;
  }
}
