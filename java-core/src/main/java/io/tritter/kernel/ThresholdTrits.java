package io.tritter.kernel;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** {@link TernaryKernels#thresholdTrits}. */
final class ThresholdTrits {
  private ThresholdTrits() {}

  static void run(MemorySegment x, int n, float threshold, long[] plus, long[] minus) {
    check(x, n, threshold, plus, minus);
    for (int from = 0; from < n; from += Long.SIZE) {
      word(x, from, n, threshold, plus, minus);
    }
  }

  private static void word(
      MemorySegment x, int from, int n, float threshold, long[] plus, long[] minus) {
    long high = 0;
    long low = 0;
    for (int i = from; i < Math.min(n, from + Long.SIZE); i++) {
      float v = Native.get(x, i);
      high |= (v >= threshold ? 1L : 0) << i; // shifts by i mod 64
      low |= (v <= -threshold ? 1L : 0) << i;
    }
    plus[from / Long.SIZE] = high;
    minus[from / Long.SIZE] = low;
  }

  private static void check(MemorySegment x, int n, float threshold, long[] plus, long[] minus) {
    Native.check("x", x, n);
    if (!(threshold > 0)) {
      throw new IllegalArgumentException("threshold: expected a positive number, got " + threshold);
    }
    int words = Math.ceilDiv(n, Long.SIZE);
    if (plus.length < words || minus.length < words) {
      throw new IllegalArgumentException(
          "planes: expected at least %d words, got %d and %d"
              .formatted(words, plus.length, minus.length));
    }
  }

  /** On vectors: the bits of two comparisons are those of the planes. */
  static final class Simd {
    private static final VectorSpecies<Float> F = FloatVector.SPECIES_PREFERRED;

    private Simd() {}

    static void run(MemorySegment x, int n, float threshold, long[] plus, long[] minus) {
      check(x, n, threshold, plus, minus);
      int bound = n / Long.SIZE * Long.SIZE;
      for (int from = 0; from < bound; from += Long.SIZE) {
        long high = 0;
        long low = 0;
        for (int i = 0; i < Long.SIZE; i += F.length()) {
          FloatVector v = FloatVector.fromMemorySegment(F, x, (from + i) * 4L, Native.ORDER);
          high |= v.compare(VectorOperators.GE, threshold).toLong() << i;
          low |= v.compare(VectorOperators.LE, -threshold).toLong() << i;
        }
        plus[from / Long.SIZE] = high;
        minus[from / Long.SIZE] = low;
      }
      if (bound < n) {
        word(x, bound, n, threshold, plus, minus);
      }
    }
  }
}
