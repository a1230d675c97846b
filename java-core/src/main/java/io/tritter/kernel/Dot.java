package io.tritter.kernel;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/** {@link Kernels#dot}. */
final class Dot {
  private Dot() {}

  static double run(MemorySegment x, MemorySegment y, long n) {
    check(x, y, n);
    return part(x, y, 0, n);
  }

  private static double part(MemorySegment x, MemorySegment y, long from, long to) {
    double sum = 0;
    for (long i = from; i < to; i++) {
      sum += (double) Native.get(x, i) * Native.get(y, i);
    }
    return sum;
  }

  private static void check(MemorySegment x, MemorySegment y, long n) {
    Native.check("x", x, n);
    Native.check("y", y, n);
  }

  /** On vectors: a partial sum for each piece, added in order. */
  static final class Simd {
    private static final VectorSpecies<Double> D = DoubleVector.SPECIES_PREFERRED;

    /** As many floats as {@link #D} has doubles: half its bits, 64 at least. */
    private static final VectorSpecies<Float> F =
        VectorSpecies.of(float.class, VectorShape.forBitSize(D.vectorBitSize() / 2));

    private static final int PIECE = 1 << 15;
    private static final Workspace SUMS = new Workspace();

    private Simd() {}

    static double run(MemorySegment x, MemorySegment y, long n) {
      check(x, y, n);
      int pieces = Math.toIntExact(Math.ceilDiv(n, (long) PIECE));
      double[] sums = SUMS.doubles(pieces);
      Workers.pieces(n, PIECE, (from, to) -> sums[(int) (from / PIECE)] = piece(x, y, from, to));
      double sum = 0;
      for (int i = 0; i < pieces; i++) {
        sum += sums[i];
      }
      return sum;
    }

    private static double piece(MemorySegment x, MemorySegment y, long from, long to) {
      int step = 2 * D.length();
      int bound = (int) (to - from) / step * step;
      DoubleVector even = DoubleVector.zero(D);
      DoubleVector odd = DoubleVector.zero(D);
      for (int i = 0; i < bound; i += step) {
        long at = from + i;
        even = load(x, at).fma(load(y, at), even);
        odd = load(x, at + D.length()).fma(load(y, at + D.length()), odd);
      }
      return Lanes.sum(even.add(odd)) + part(x, y, from + bound, to);
    }

    private static DoubleVector load(MemorySegment s, long index) {
      return (DoubleVector)
          FloatVector.fromMemorySegment(F, s, index << 2, Native.ORDER).castShape(D, 0);
    }
  }
}
