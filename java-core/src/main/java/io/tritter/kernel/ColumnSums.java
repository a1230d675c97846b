package io.tritter.kernel;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Gradients of parameters that every row adds to: partial sums of pieces of rows, added in order.
 * The pieces depend on the number of rows alone, so the result does not depend on the threads.
 */
final class ColumnSums {
  private static final VectorSpecies<Float> F = FloatVector.SPECIES_PREFERRED;

  /** At most this many pieces, so that the partial sums stay small beside the rows. */
  private static final int PIECES = 32;

  private static final int FEWEST_ROWS = 8;

  /** Floats of a cache line: a vector that lies in two of them costs twice as much. */
  private static final int LINE = 16;

  private static final Workspace SUMS = new Workspace();

  private ColumnSums() {}

  /** Adds what rows {@code from..to-1} contribute to {@code sums[at..]}, which starts at zero. */
  @FunctionalInterface
  interface Rows {
    void accept(long from, long to, MemorySegment sums, long at);
  }

  /** {@code total[i] += sum over the rows}, for i below {@code width}. */
  static void add(int rows, int width, MemorySegment total, Rows task) {
    add(rows, width, total, 0, total, task);
  }

  /** As {@link #add}, with {@code more} columns after them that go to a second total. */
  static void add(
      int rows, int width, MemorySegment total, int more, MemorySegment second, Rows task) {
    int size = Math.max(FEWEST_ROWS, Math.ceilDiv(rows, PIECES));
    int pieces = Math.ceilDiv(rows, size);
    long stride = Math.ceilDiv((long) width + more, LINE) * LINE;
    MemorySegment sums = SUMS.memory(pieces * stride * Float.BYTES);
    Workers.pieces(
        rows,
        size,
        (from, to) -> {
          long at = from / size * stride;
          sums.asSlice(at * Float.BYTES, stride * Float.BYTES).fill((byte) 0);
          task.accept(from, to, sums, at);
        });
    for (int p = 0; p < pieces; p++) {
      addTo(total, 0, sums, p * stride, width);
      addTo(second, 0, sums, p * stride + width, more);
    }
  }

  /** {@code total[to + i] += x[from + i]}, for i below {@code n}. */
  static void addTo(MemorySegment total, long to, MemorySegment x, long from, int n) {
    int bound = F.loopBound(n);
    for (int i = 0; i < bound; i += F.length()) {
      load(total, to + i)
          .add(load(x, from + i))
          .intoMemorySegment(total, (to + i) << 2, Native.ORDER);
    }
    for (int i = bound; i < n; i++) {
      Native.set(total, to + i, Native.get(total, to + i) + Native.get(x, from + i));
    }
  }

  private static FloatVector load(MemorySegment s, long index) {
    return FloatVector.fromMemorySegment(F, s, index << 2, Native.ORDER);
  }
}
