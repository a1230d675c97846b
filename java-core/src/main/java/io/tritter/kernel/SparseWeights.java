package io.tritter.kernel;

import java.lang.foreign.MemorySegment;

/**
 * Ternary products that touch only what is not zero: {@code out[b, r] = sum of x[b, c] over the +1
 * of row r, less that over its -1}.
 *
 * <p>Why lists and not a bitmap of words: at 95 % random zeros a word of 64 trits is all zero once
 * in 27 times, one of 4 trits in 81 of 100, so a bitmap that is fine enough to skip costs more to
 * walk than the positions themselves.
 */
final class SparseWeights implements TernaryWeights {
  /** Rows of a task. */
  static final int TASK = 64;

  private static final ThreadLocal<byte[]> ROW = ThreadLocal.withInitial(() -> new byte[0]);

  private final SparseLists lists;

  SparseWeights(MemorySegment packed, int rows, int cols) {
    lists = new SparseLists(packed, rows, cols);
  }

  @Override
  public TernaryLevel level() {
    return TernaryLevel.SPARSE;
  }

  @Override
  public long sizeBytes() {
    return lists.sizeBytes();
  }

  @Override
  public void multiply(MemorySegment x, MemorySegment out, int batch) {
    int rows = lists.rows;
    int cols = lists.cols;
    TernaryMatmul.check(x, out, batch, rows, cols);
    for (int b = 0; b < batch; b++) {
      byte[] row = row(x, b, cols);
      long first = (long) b * rows;
      Workers.pieces(
          rows,
          TASK,
          (from, to) -> {
            for (int r = (int) from; r < to; r++) {
              Native.setInt(out, first + r, lists.dot(row, r, 0, cols));
            }
          });
    }
  }

  @Override
  public void multiplyGrouped(
      MemorySegment x, MemorySegment scales, MemorySegment out, int batch, int groupSize) {
    grouped(lists, x, scales, out, batch, groupSize);
  }

  static void grouped(
      SparseLists lists,
      MemorySegment x,
      MemorySegment scales,
      MemorySegment out,
      int batch,
      int groupSize) {
    int rows = lists.rows;
    int cols = lists.cols;
    TernaryMatmul.check(x, out, batch, rows, cols);
    int groups = TernaryMatmul.groups(scales, rows, cols, groupSize);
    for (int b = 0; b < batch; b++) {
      byte[] row = row(x, b, cols);
      long first = (long) b * rows;
      Workers.pieces(
          rows,
          TASK,
          (fromRow, toRow) -> {
            for (int r = (int) fromRow; r < toRow; r++) {
              float sum = 0;
              for (int g = 0; g < groups; g++) {
                int from = g * groupSize;
                int to = (int) Math.min(cols, (long) from + groupSize);
                float scale = Native.get(scales, (long) r * groups + g);
                sum += scale * lists.dot(row, r, from, to);
              }
              Native.set(out, first + r, sum);
            }
          });
    }
  }

  /** Row b of x, in memory that the next call of this thread reuses. */
  static byte[] row(MemorySegment x, int b, int cols) {
    byte[] row = ROW.get();
    if (row.length < cols) {
      row = new byte[cols];
      ROW.set(row);
    }
    MemorySegment.copy(x, Native.BYTE, (long) b * cols, row, 0, cols);
    return row;
  }
}
