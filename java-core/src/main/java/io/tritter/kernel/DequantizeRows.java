package io.tritter.kernel;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;
import org.jspecify.annotations.Nullable;

/** {@link Kernels#dequantizeRows}; both forms round the same way, so they agree bit for bit. */
final class DequantizeRows {
  private DequantizeRows() {}

  static void run(
      MemorySegment q, MemorySegment inverseScales, MemorySegment out, int rows, int cols) {
    check(q, inverseScales, out, rows, cols);
    for (int r = 0; r < rows; r++) {
      part(q, scale(inverseScales, r), out, (long) r * cols, 0, cols);
    }
  }

  private static void part(
      MemorySegment q, float scale, MemorySegment out, long row, int from, int cols) {
    for (int c = from; c < cols; c++) {
      Native.set(out, row + c, Native.getByte(q, row + c) * scale);
    }
  }

  private static float scale(MemorySegment inverseScales, long row) {
    return inverseScales.equals(MemorySegment.NULL) ? 1f : Native.get(inverseScales, row);
  }

  private static void check(
      MemorySegment q, MemorySegment inverseScales, MemorySegment out, int rows, int cols) {
    Native.check("q", q, (long) rows * cols, Byte.BYTES);
    if (!inverseScales.equals(MemorySegment.NULL)) {
      Native.check("inverseScales", inverseScales, rows);
    }
    Native.check("out", out, (long) rows * cols);
  }

  /** On vectors. */
  static final class Simd {
    private static final VectorSpecies<Float> F = FloatVector.SPECIES_PREFERRED;
    private static final int TASK_ELEMENTS = 1 << 14;

    private static final @Nullable VectorSpecies<Byte> B = Lanes.BYTES;

    private Simd() {}

    static void run(
        MemorySegment q, MemorySegment inverseScales, MemorySegment out, int rows, int cols) {
      check(q, inverseScales, out, rows, cols);
      Workers.pieces(
          rows,
          Math.max(1, TASK_ELEMENTS / Math.max(1, cols)),
          (from, to) -> {
            for (long r = from; r < to; r++) {
              row(q, scale(inverseScales, r), out, r * cols, cols);
            }
          });
    }

    private static void row(MemorySegment q, float scale, MemorySegment out, long row, int cols) {
      int bound = B == null ? 0 : F.loopBound(cols);
      for (int c = 0; c < bound; c += F.length()) {
        FloatVector v =
            (FloatVector)
                ByteVector.fromMemorySegment(B, q, row + c, Native.ORDER)
                    .convertShape(VectorOperators.B2F, F, 0);
        v.mul(scale).intoMemorySegment(out, (row + c) << 2, Native.ORDER);
      }
      part(q, scale, out, row, bound, cols);
    }
  }
}
