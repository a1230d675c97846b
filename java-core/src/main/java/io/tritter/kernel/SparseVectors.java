package io.tritter.kernel;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.ByteVector;

/**
 * {@link SparseWeights} on vectors: lane lookups for a few rows of x, tiles of lists for more.
 * Scales a group stay with the lists.
 */
final class SparseVectors implements TernaryWeights {
  /** Rows of x from which a tile, part of its lanes unused, beats look-ups: 24 at 512 bits. */
  private static final int TILES_FROM = ByteVector.SPECIES_PREFERRED.length() * 3 / 8;

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
      slots.multiply(x, out, batch);
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
