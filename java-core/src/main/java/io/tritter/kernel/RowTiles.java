package io.tritter.kernel;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Rows of A of {@link Matmul} in tiles of {@link #ROWS}, packed by the task that needs them.
 *
 * <p>A tile has its rows {@link Matmul#KC} apart, or, where A is transposed, its columns {@link
 * #ROWS} apart: as they come from memory. Rows past the last one are left over from an earlier use;
 * so are their products, which nobody reads.
 */
final class RowTiles {
  private static final VectorSpecies<Float> F = FloatVector.SPECIES_PREFERRED;
  private static final int L = F.length();

  /** 512-bit machines have 32 vector registers. */
  private static final boolean WIDE = L >= 16;

  static final int ROWS = WIDE ? WideTile.ROWS : NarrowTile.ROWS;

  /** Rows that a task holds at a time: they stay in the second-level cache. */
  static final int CAPACITY = 192;

  /**
   * From tile to tile. A vector more than a tile has, so that columns may be written as vectors,
   * and tiles do not compete for the same places of the first-level cache.
   */
  private static final int STRIDE = ROWS * Matmul.KC + Math.max(L, 16);

  private static final ThreadLocal<RowTiles> MINE = ThreadLocal.withInitial(RowTiles::new);

  private final float[] tiles = new float[CAPACITY / ROWS * STRIDE];
  private boolean columns;

  private RowTiles() {}

  /** The tiles of the current thread. */
  static RowTiles mine() {
    return MINE.get();
  }

  /** Packs columns {@code k..k+inner-1} of {@code rows} rows that begin at {@code row}. */
  void pack(Operand a, int allRows, int allInner, int row, int rows, int k, int inner) {
    columns = a.transposed();
    if (columns) {
      packColumns(a, (long) k * allRows + row, allRows, rows, inner);
    } else {
      for (int r = 0; r < rows; r++) {
        int at = r / ROWS * STRIDE + r % ROWS * Matmul.KC;
        Panels.copy(a, (long) (row + r) * allInner + k, inner, tiles, at);
      }
    }
  }

  /**
   * A column of A, which lies in one piece, goes to all tiles at once. A vector is at least as long
   * as a tile is high; what it writes too much, the next one overwrites.
   */
  private void packColumns(Operand a, long from, int allRows, int rows, int inner) {
    int count = Math.ceilDiv(rows, ROWS);
    long elements = a.isFloat32() ? a.data().byteSize() >> 2 : 0;
    for (int k = 0; k < inner; k++) {
      long at = from + (long) k * allRows;
      int to = k * ROWS;
      if (at + (count - 1L) * ROWS + L <= elements) {
        copyColumn(a.data(), at, count, tiles, to);
      } else {
        for (int t = 0; t < count; t++) {
          int r = t * ROWS;
          Panels.copy(a, at + r, Math.min(ROWS, rows - r), tiles, t * STRIDE + to);
        }
      }
    }
  }

  /**
   * A method of its own, so that C2 has a profile of its segment: as a part of {@link #packColumns}
   * it was compiled without one at times, and each vector was an object from then on.
   */
  private static void copyColumn(MemorySegment a, long from, int count, float[] tiles, int to) {
    for (int t = 0; t < count; t++) {
      FloatVector.fromMemorySegment(F, a, (from + (long) t * ROWS) << 2, Native.ORDER)
          .intoArray(tiles, t * STRIDE + to);
    }
  }

  /** {@code out = tile panel} for the first {@code height} rows; the others are undefined. */
  void multiply(int tile, int height, float[] panels, int at, int inner, float[] out) {
    int from = tile * STRIDE;
    if (height <= NarrowTile.ROWS && !columns) {
      NarrowTile.rows(tiles, from, panels, at, inner, out);
    } else if (WIDE && columns) {
      WideTile.columns(tiles, from, panels, at, inner, out);
    } else if (WIDE) {
      WideTile.rows(tiles, from, panels, at, inner, out);
    } else {
      NarrowTile.columns(tiles, from, panels, at, inner, out);
    }
  }
}
