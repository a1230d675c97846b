package io.tritter.kernel;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** {@link Kernels#addRows}; both forms add in the same order, so they agree bit for bit. */
final class AddRows {
  private AddRows() {}

  static void run(
      MemorySegment x, MemorySegment ids, MemorySegment table, int rows, int tableRows, int dim) {
    check(x, ids, table, rows, tableRows, dim);
    for (int r = 0; r < rows; r++) {
      part(x, (long) r * dim, table, (long) Native.getInt(ids, r) * dim, 0, dim);
    }
  }

  private static void part(
      MemorySegment x, long xRow, MemorySegment table, long tableRow, int from, int to) {
    for (int c = from; c < to; c++) {
      Native.set(table, tableRow + c, Native.get(table, tableRow + c) + Native.get(x, xRow + c));
    }
  }

  private static void check(
      MemorySegment x, MemorySegment ids, MemorySegment table, int rows, int tableRows, int dim) {
    Native.check("x", x, (long) rows * dim);
    Native.check("ids", ids, rows);
    Native.check("table", table, (long) tableRows * dim);
    for (int r = 0; r < rows; r++) {
      int id = Native.getInt(ids, r);
      if (id < 0 || id >= tableRows) {
        throw new IllegalArgumentException(
            "ids[%d]: expected 0 to %d, got %d".formatted(r, tableRows - 1, id));
      }
    }
  }

  /** On vectors, and on all threads by columns: every thread adds all rows in their order. */
  static final class Simd {
    private static final VectorSpecies<Float> F = FloatVector.SPECIES_PREFERRED;

    /** Columns of a task: whole cache lines, so that no two threads write to one. */
    private static final int STRIP = 64;

    private static final long SMALL = 1 << 14;

    private Simd() {}

    static void run(
        MemorySegment x, MemorySegment ids, MemorySegment table, int rows, int tableRows, int dim) {
      check(x, ids, table, rows, tableRows, dim);
      int strip = (long) rows * dim <= SMALL ? Math.max(1, dim) : STRIP;
      Workers.pieces(
          dim,
          strip,
          (from, to) -> {
            for (int r = 0; r < rows; r++) {
              long id = Native.getInt(ids, r);
              add(x, (long) r * dim, table, id * dim, (int) from, (int) to);
            }
          });
    }

    private static void add(
        MemorySegment x, long xRow, MemorySegment table, long tableRow, int from, int to) {
      int bound = from + F.loopBound(to - from);
      for (int c = from; c < bound; c += F.length()) {
        long at = (tableRow + c) << 2;
        FloatVector.fromMemorySegment(F, table, at, Native.ORDER)
            .add(FloatVector.fromMemorySegment(F, x, (xRow + c) << 2, Native.ORDER))
            .intoMemorySegment(table, at, Native.ORDER);
      }
      part(x, xRow, table, tableRow, bound, to);
    }
  }
}
