package io.tritter.kernel;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** {@link Kernels#softmax}: {@code exp(x - max(x))} over its sum. */
final class Softmax {
  private Softmax() {}

  static void run(MemorySegment x, MemorySegment out, int rows, int dim) {
    check(x, out, rows, dim);
    for (long r = 0; r < rows; r++) {
      long row = r * dim;
      float max = max(x, row, row + dim, Float.NEGATIVE_INFINITY);
      double sum = 0;
      for (long i = row; i < row + dim; i++) {
        float e = (float) Math.exp(Native.get(x, i) - max);
        Native.set(out, i, e);
        sum += e;
      }
      for (long i = row; i < row + dim; i++) {
        Native.set(out, i, (float) (Native.get(out, i) / sum));
      }
    }
  }

  private static float max(MemorySegment x, long from, long to, float start) {
    float max = start;
    for (long i = from; i < to; i++) {
      max = Math.max(max, Native.get(x, i));
    }
    return max;
  }

  private static void check(MemorySegment x, MemorySegment out, int rows, int dim) {
    Native.check("x", x, (long) rows * dim);
    Native.check("out", out, (long) rows * dim);
  }

  /** On vectors; the three passes over a row serve {@link CrossEntropy} too. */
  static final class Simd {
    private static final VectorSpecies<Float> F = FloatVector.SPECIES_PREFERRED;
    private static final int PIECE = 1 << 13;

    private Simd() {}

    static void run(MemorySegment x, MemorySegment out, int rows, int dim) {
      check(x, out, rows, dim);
      Workers.pieces(
          rows,
          rowsOfPiece(dim),
          (from, to) -> {
            for (long r = from; r < to; r++) {
              long row = r * dim;
              double sum = exp(x, out, row, dim, max(x, row, dim));
              scale(out, row, dim, (float) (1 / sum));
            }
          });
    }

    static int rowsOfPiece(int dim) {
      return Math.max(1, PIECE / Math.max(1, dim));
    }

    static float max(MemorySegment x, long row, int dim) {
      int bound = F.loopBound(dim);
      FloatVector max = FloatVector.broadcast(F, Float.NEGATIVE_INFINITY);
      for (int i = 0; i < bound; i += F.length()) {
        max = max.max(load(x, row + i));
      }
      return Softmax.max(x, row + bound, row + dim, max.reduceLanes(VectorOperators.MAX));
    }

    /** Writes {@code exp(x - max)} and returns its sum. */
    static double exp(MemorySegment x, MemorySegment out, long row, int dim, float max) {
      int bound = F.loopBound(dim);
      FloatVector sums = FloatVector.zero(F);
      for (int i = 0; i < bound; i += F.length()) {
        FloatVector e = Exp.Simd.natural(load(x, row + i).sub(max));
        e.intoMemorySegment(out, (row + i) << 2, Native.ORDER);
        sums = sums.add(e);
      }
      double sum = Lanes.sum(sums);
      for (long i = row + bound; i < row + dim; i++) {
        float e = (float) Math.exp(Native.get(x, i) - max);
        Native.set(out, i, e);
        sum += e;
      }
      return sum;
    }

    /** The sum of {@code exp(x - max)}. */
    static double sumExp(MemorySegment x, long row, int dim, float max) {
      int bound = F.loopBound(dim);
      FloatVector sums = FloatVector.zero(F);
      for (int i = 0; i < bound; i += F.length()) {
        sums = sums.add(Exp.Simd.natural(load(x, row + i).sub(max)));
      }
      double sum = Lanes.sum(sums);
      for (long i = row + bound; i < row + dim; i++) {
        sum += Math.exp(Native.get(x, i) - max);
      }
      return sum;
    }

    static void scale(MemorySegment x, long row, int dim, float factor) {
      int bound = F.loopBound(dim);
      for (int i = 0; i < bound; i += F.length()) {
        load(x, row + i).mul(factor).intoMemorySegment(x, (row + i) << 2, Native.ORDER);
      }
      for (long i = row + bound; i < row + dim; i++) {
        Native.set(x, i, Native.get(x, i) * factor);
      }
    }

    private static FloatVector load(MemorySegment s, long index) {
      return FloatVector.fromMemorySegment(F, s, index << 2, Native.ORDER);
    }
  }
}
