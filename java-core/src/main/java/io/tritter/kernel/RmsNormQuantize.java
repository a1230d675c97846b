package io.tritter.kernel;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;
import org.jspecify.annotations.Nullable;

/**
 * {@link TernaryKernels#rmsNormQuantize}: {@link RmsNorm} and {@link Absmax} of a row at a time,
 * whose normed form exists in the first-level cache only.
 */
final class RmsNormQuantize {
  private RmsNormQuantize() {}

  static void run(
      MemorySegment x,
      MemorySegment weight,
      MemorySegment q,
      MemorySegment inverseScales,
      int rows,
      int dim,
      float eps,
      int bits) {
    check(x, weight, q, inverseScales, rows, dim, bits);
    float[] normed = new float[dim];
    for (long r = 0; r < rows; r++) {
      long row = r * dim;
      float scale = RmsNorm.scale(x, row, dim, eps);
      int largest = norm(x, row, scale, weight, normed, 0, dim, 0);
      float s = Absmax.scale(largest, bits);
      Native.set(inverseScales, r, 1f / s);
      round(normed, s, q, row, 0, dim);
    }
  }

  /** The normed row; returns the largest magnitude of it and {@code largest}, as bits. */
  private static int norm(
      MemorySegment x,
      long row,
      float scale,
      MemorySegment weight,
      float[] normed,
      int from,
      int dim,
      int largest) {
    int most = largest;
    for (int i = from; i < dim; i++) {
      normed[i] = Native.get(x, row + i) * scale * Native.get(weight, i);
      most = Math.max(most, Float.floatToRawIntBits(normed[i]) & Absmax.ABS_BITS);
    }
    return most;
  }

  private static void round(float[] normed, float s, MemorySegment q, long row, int from, int dim) {
    for (int i = from; i < dim; i++) {
      Native.setByte(q, row + i, (byte) Math.rint(normed[i] * s));
    }
  }

  private static void check(
      MemorySegment x,
      MemorySegment weight,
      MemorySegment q,
      MemorySegment inverseScales,
      int rows,
      int dim,
      int bits) {
    Native.check("weight", weight, dim);
    Absmax.check(x, q, inverseScales, rows, dim, bits);
  }

  /** On vectors. */
  static final class Simd {
    private static final VectorSpecies<Float> F = FloatVector.SPECIES_PREFERRED;
    private static final @Nullable VectorSpecies<Byte> B = Lanes.BYTES;
    private static final int PIECE = 1 << 13;
    private static final Workspace NORMED = new Workspace();

    private Simd() {}

    static void run(
        MemorySegment x,
        MemorySegment weight,
        MemorySegment q,
        MemorySegment inverseScales,
        int rows,
        int dim,
        float eps,
        int bits) {
      check(x, weight, q, inverseScales, rows, dim, bits);
      Workers.pieces(
          rows,
          Math.max(1, PIECE / Math.max(1, dim)),
          (from, to) -> {
            float[] normed = NORMED.floats(dim);
            for (long r = from; r < to; r++) {
              long row = r * dim;
              float scale = RmsNorm.Simd.scale(x, row, dim, eps);
              float s = Absmax.scale(norm(x, row, scale, weight, normed, dim), bits);
              Native.set(inverseScales, r, 1f / s);
              round(normed, s, q, row, dim);
            }
          });
    }

    private static int norm(
        MemorySegment x, long row, float scale, MemorySegment weight, float[] normed, int dim) {
      int bound = F.loopBound(dim);
      IntVector largest = IntVector.zero(IntVector.SPECIES_PREFERRED);
      for (int i = 0; i < bound; i += F.length()) {
        FloatVector v = load(x, row + i).mul(scale).mul(load(weight, i));
        v.intoArray(normed, i);
        largest = largest.max(v.reinterpretAsInts().and(Absmax.ABS_BITS));
      }
      int most = largest.reduceLanes(VectorOperators.MAX);
      return RmsNormQuantize.norm(x, row, scale, weight, normed, bound, dim, most);
    }

    private static void round(float[] normed, float s, MemorySegment q, long row, int dim) {
      int bound = B == null ? 0 : F.loopBound(dim);
      for (int i = 0; i < bound; i += F.length()) {
        FloatVector.fromArray(F, normed, i)
            .mul(s)
            .add(Absmax.ROUND)
            .sub(Absmax.ROUND)
            .convertShape(VectorOperators.F2B, B, 0)
            .intoMemorySegment(q, row + i, Native.ORDER);
      }
      RmsNormQuantize.round(normed, s, q, row, bound, dim);
    }

    private static FloatVector load(MemorySegment s, long index) {
      return FloatVector.fromMemorySegment(F, s, index << 2, Native.ORDER);
    }
  }
}
