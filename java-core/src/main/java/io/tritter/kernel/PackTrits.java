package io.tritter.kernel;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** {@link Kernels#packTrits}; a code has its low bit for +1 and its high bit for -1. */
final class PackTrits {
  private PackTrits() {}

  static void run(MemorySegment trits, MemorySegment packed, int rows, int cols) {
    check(trits, packed, rows, cols);
    for (int r = 0; r < rows; r++) {
      part(trits, (long) r * cols, packed, (long) r * rowBytes(cols), 0, cols);
    }
  }

  /** Columns {@code from} (a multiple of 4) to {@code cols} of a row. */
  private static void part(
      MemorySegment trits, long row, MemorySegment packed, long packedRow, int from, int cols) {
    for (int c = from; c < cols; c += 4) {
      int codes = 0;
      for (int i = 0; i < Math.min(4, cols - c); i++) {
        float t = Native.get(trits, row + c + i);
        codes |= (t > 0 ? 1 : t < 0 ? 2 : 0) << (2 * i);
      }
      Native.setByte(packed, packedRow + c / 4, (byte) codes);
    }
  }

  private static int rowBytes(int cols) {
    return Math.ceilDiv(cols, 4);
  }

  private static void check(MemorySegment trits, MemorySegment packed, int rows, int cols) {
    Native.check("trits", trits, (long) rows * cols);
    Native.check("packed", packed, (long) rows * rowBytes(cols), Byte.BYTES);
  }

  /** On vectors: the masks of two comparisons are the bits of the codes, once spread out. */
  static final class Simd {
    private static final VectorSpecies<Float> F = FloatVector.SPECIES_PREFERRED;
    private static final int BYTES = F.length() / 4;
    private static final int TASK_ELEMENTS = 1 << 14;
    private static final long EVEN = 0x5555_5555_5555_5555L;

    private Simd() {}

    static void run(MemorySegment trits, MemorySegment packed, int rows, int cols) {
      check(trits, packed, rows, cols);
      Workers.pieces(
          rows,
          Math.max(1, TASK_ELEMENTS / Math.max(1, cols)),
          (from, to) -> {
            for (long r = from; r < to; r++) {
              row(trits, r * cols, packed, r * rowBytes(cols), cols);
            }
          });
    }

    private static void row(
        MemorySegment trits, long row, MemorySegment packed, long packedRow, int cols) {
      int bound = F.loopBound(cols);
      for (int c = 0; c < bound; c += F.length()) {
        FloatVector t = FloatVector.fromMemorySegment(F, trits, (row + c) << 2, Native.ORDER);
        long plus = t.compare(VectorOperators.GT, 0f).toLong();
        long minus = t.compare(VectorOperators.LT, 0f).toLong();
        long codes = Long.expand(plus, EVEN) | Long.expand(minus, ~EVEN);
        for (int i = 0; i < BYTES; i++) {
          Native.setByte(packed, packedRow + c / 4 + i, (byte) (codes >>> (8 * i)));
        }
      }
      part(trits, row, packed, packedRow, bound, cols);
    }
  }
}
