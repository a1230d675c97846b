package io.tritter.kernel;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
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
  private static final Workspace SUMS = new Workspace();

  private ColumnSums() {}

  /** Adds what rows {@code from..to-1} contribute to {@code sums[at..]}, which starts at zero. */
  @FunctionalInterface
  interface Rows {
    void accept(long from, long to, float[] sums, int at);
  }

  /** {@code total[i] += sum over the rows}, for i below {@code width}. */
  static void add(int rows, int width, MemorySegment total, Rows task) {
    add(rows, width, total, 0, total, task);
  }

  /** As {@link #add}, with {@code more} columns that go to a second total. */
  static void add(
      int rows, int width, MemorySegment total, int more, MemorySegment second, Rows task) {
    int size = Math.max(FEWEST_ROWS, Math.ceilDiv(rows, PIECES));
    int pieces = Math.ceilDiv(rows, size);
    int stride = width + more;
    float[] sums = SUMS.floats(Math.multiplyExact(pieces, stride));
    Workers.pieces(
        rows,
        size,
        (from, to) -> {
          int at = (int) (from / size) * stride;
          Arrays.fill(sums, at, at + stride, 0f);
          task.accept(from, to, sums, at);
        });
    for (int p = 0; p < pieces; p++) {
      addTo(total, sums, p * stride, width);
      addTo(second, sums, p * stride + width, more);
    }
  }

  private static void addTo(MemorySegment total, float[] sums, int at, int n) {
    int bound = F.loopBound(n);
    for (int i = 0; i < bound; i += F.length()) {
      FloatVector.fromMemorySegment(F, total, (long) i << 2, Native.ORDER)
          .add(FloatVector.fromArray(F, sums, at + i))
          .intoMemorySegment(total, (long) i << 2, Native.ORDER);
    }
    for (int i = bound; i < n; i++) {
      Native.set(total, i, Native.get(total, i) + sums[at + i]);
    }
  }
}
