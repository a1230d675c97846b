package io.tritter.kernel;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * The columns of the +1 and of the -1 of each row, ascending, two bytes each: a panel of {@value
 * #PANEL} columns after the other.
 */
final class SparseLists {
  /** Columns of a panel: what fits the activations of a tile of 32 rows of x into an L2 cache. */
  static final int PANEL = 8192;

  final int rows;
  final int cols;
  final int panels;

  /** Columns inside their panel. */
  final char[] columns;

  /**
   * Where lists start in {@link #columns}: entry {@code 2 * (panel * rows + row)} that of +1, the
   * next that of -1; one more entry for the end.
   */
  final int[] starts;

  SparseLists(MemorySegment packed, int rows, int cols) {
    Native.check("packed", packed, TernaryMatmul.layoutBytes(rows, cols), Byte.BYTES);
    this.rows = rows;
    this.cols = cols;
    panels = Math.ceilDiv(cols, PANEL);
    starts = new int[Math.multiplyExact(2 * panels, rows) + 1];
    Workers.run(rows, r -> each(packed, r, (panel, column, list) -> starts[list + 1]++));
    for (int i = 1; i < starts.length; i++) {
      starts[i] = Math.addExact(starts[i], starts[i - 1]);
    }
    columns = new char[starts[starts.length - 1]];
    int[] next = Arrays.copyOf(starts, starts.length - 1);
    Workers.run(
        rows, r -> each(packed, r, (panel, column, list) -> columns[next[list]++] = (char) column));
  }

  @FunctionalInterface
  private interface Visitor {
    void visit(int panel, int column, int list);
  }

  private void each(MemorySegment packed, int row, Visitor visitor) {
    int rowBytes = TernaryMatmul.rowBytes(cols);
    for (int i = 0; i < rowBytes; i++) {
      int codes = Native.getByte(packed, (long) row * rowBytes + i) & 255;
      while (codes != 0) {
        int bit = Integer.numberOfTrailingZeros(codes);
        int column = 4 * i + bit / 2;
        int panel = column / PANEL;
        visitor.visit(panel, column % PANEL, 2 * (panel * rows + row) + bit % 2);
        codes &= codes - 1;
      }
    }
  }

  long sizeBytes() {
    return (long) columns.length * Character.BYTES + (long) starts.length * Integer.BYTES;
  }

  /** Sum of the products of a row with x over columns from..to-1. */
  int dot(byte[] x, int row, int from, int to) {
    int sum = 0;
    for (int panel = from / PANEL; panel <= (to - 1) / PANEL; panel++) {
      int base = panel * PANEL;
      int list = 2 * (panel * rows + row);
      int low = from - base;
      int high = to - base;
      sum += sum(x, base, position(list, low), position(list, high));
      sum -= sum(x, base, position(list + 1, low), position(list + 1, high));
    }
    return sum;
  }

  /** Where columns of at least {@code column} start in a list. */
  private int position(int list, int column) {
    int from = starts[list];
    int to = starts[list + 1];
    if (column <= 0 || column >= PANEL) {
      return column <= 0 ? from : to;
    }
    int found = Arrays.binarySearch(columns, from, to, (char) column);
    return found < 0 ? -found - 1 : found;
  }

  private int sum(byte[] x, int base, int from, int to) {
    int sum = 0;
    for (int i = from; i < to; i++) {
      sum += x[base + columns[i]];
    }
    return sum;
  }
}
