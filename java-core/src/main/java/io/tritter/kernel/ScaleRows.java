package io.tritter.kernel;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** {@link Kernels#scaleRows}; both forms round the same way, so they agree bit for bit. */
final class ScaleRows {
  private ScaleRows() {}

  static void run(MemorySegment x, MemorySegment scales, float alpha, int rows, int cols) {
    check(x, scales, rows, cols);
    for (long r = 0; r < rows; r++) {
      part(x, alpha * Native.get(scales, r), r * cols, (r + 1) * cols);
    }
  }

  private static void part(MemorySegment x, float factor, long from, long to) {
    for (long i = from; i < to; i++) {
      Native.set(x, i, factor * Native.get(x, i));
    }
  }

  private static void check(MemorySegment x, MemorySegment scales, int rows, int cols) {
    Native.check("x", x, (long) rows * cols);
    Native.check("scales", scales, rows);
  }

  /** On vectors. */
  static final class Simd {
    private static final VectorSpecies<Float> F = FloatVector.SPECIES_PREFERRED;
    private static final int PIECE = 1 << 14;

    private Simd() {}

    static void run(MemorySegment x, MemorySegment scales, float alpha, int rows, int cols) {
      check(x, scales, rows, cols);
      Workers.pieces(
          rows,
          Math.max(1, PIECE / Math.max(1, cols)),
          (from, to) -> {
            for (long r = from; r < to; r++) {
              row(x, alpha * Native.get(scales, r), r * cols, cols);
            }
          });
    }

    private static void row(MemorySegment x, float factor, long from, int cols) {
      int bound = F.loopBound(cols);
      for (int i = 0; i < bound; i += F.length()) {
        long at = (from + i) << 2;
        FloatVector.fromMemorySegment(F, x, at, Native.ORDER)
            .mul(factor)
            .intoMemorySegment(x, at, Native.ORDER);
      }
      part(x, factor, from + bound, from + cols);
    }
  }
}
