package io.tritter.kernel;

import java.lang.foreign.MemorySegment;

/**
 * {@link SparseWeights} on vectors: lane lookups for a few rows of x, tiles of lists for more.
 * Scales a group stay with the lists.
 */
final class SparseVectors implements TernaryWeights {
  /** Rows of x from which a tile, part of its lanes unused, beats a lookup a row. */
  private static final int TILES_FROM = 8;

  private final SparseLists lists;
  private final SparseSlots slots;

  SparseVectors(MemorySegment packed, int rows, int cols) {
    lists = new SparseLists(packed, rows, cols);
    slots = new SparseSlots(lists);
  }

  @Override
  public TernaryLevel level() {
    return TernaryLevel.SPARSE;
  }

  @Override
  public long sizeBytes() {
    return lists.sizeBytes() + slots.sizeBytes();
  }

  @Override
  public void multiply(MemorySegment x, MemorySegment out, int batch) {
    TernaryMatmul.check(x, out, batch, lists.rows, lists.cols);
    if (batch >= TILES_FROM) {
      SparseTiles.multiply(lists, x, out, batch);
    } else {
      for (int b = 0; b < batch; b++) {
        slots.multiply(SparseWeights.row(x, b, lists.cols), out, (long) b * lists.rows);
      }
    }
  }

  @Override
  public void multiplyGrouped(
      MemorySegment x, MemorySegment scales, MemorySegment out, int batch, int groupSize) {
    if (groupSize >= lists.cols) {
      TernaryMatmul.groups(scales, lists.rows, lists.cols, groupSize);
      multiply(x, out, batch);
      TernaryMatmul.scaleSums(out, scales, batch, lists.rows);
    } else {
      SparseWeights.grouped(lists, x, scales, out, batch, groupSize);
    }
  }
}
