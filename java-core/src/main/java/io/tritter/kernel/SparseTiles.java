package io.tritter.kernel;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * Products of {@link SparseLists} with many rows of x: a lane is a row of x, and each non-zero adds
 * the activations of its column to the sums of its row.
 */
final class SparseTiles {
  private static final VectorSpecies<Short> S = ShortVector.SPECIES_PREFERRED;
  private static final VectorSpecies<Integer> I = IntVector.SPECIES_PREFERRED;
  private static final int L = S.length();

  /** Rows of x that are multiplied at a time. */
  static final int TILE = Math.max(32, L);

  /** 255 sums of at most 128 stay inside int16. */
  private static final int COLUMNS_BEFORE_WIDENING = 255;

  private static final ThreadLocal<SparseTiles> OF_THREAD =
      ThreadLocal.withInitial(SparseTiles::new);

  /** Activations of a panel of the tile, [PANEL][TILE]. */
  private final short[] x = new short[SparseLists.PANEL * TILE];

  private byte[] line = new byte[0];

  /** Sums [rows of the task][TILE]. */
  private final int[] sums = new int[SparseWeights.TASK * TILE];

  private final short[] narrow = new short[TILE];
  private final int[] stored = new int[SparseWeights.TASK];

  private SparseTiles() {}

  static void multiply(SparseLists lists, MemorySegment x, MemorySegment out, int batch) {
    int tasks = Math.ceilDiv(lists.rows, SparseWeights.TASK);
    int tiles = Math.ceilDiv(batch, TILE);
    int threads = Workers.threads();
    int parts = tiles >= 4 * threads ? 1 : Math.clamp(tasks / 4, 1, threads);
    Workers.run(
        tiles * parts,
        i -> {
          SparseTiles tile = OF_THREAD.get();
          int first = i / parts * TILE;
          int count = Math.min(TILE, batch - first);
          int from = (int) ((long) tasks * (i % parts) / parts);
          int to = (int) ((long) tasks * (i % parts + 1) / parts);
          for (int panel = 0; panel < lists.panels; panel++) {
            tile.load(x, first, count, panel * SparseLists.PANEL, lists.cols);
            for (int task = from; task < to; task++) {
              tile.multiply(lists, panel, task * SparseWeights.TASK, out, first, count);
            }
          }
        });
  }

  private void load(MemorySegment source, int first, int count, int column, int cols) {
    int width = Math.min(SparseLists.PANEL, cols - column);
    if (line.length < width) {
      line = new byte[width];
    }
    for (int t = 0; t < count; t++) {
      long at = (long) (first + t) * cols + column;
      MemorySegment.copy(source, Native.BYTE, at, line, 0, width);
      spread(line, x, width, t);
    }
  }

  private static void spread(byte[] line, short[] x, int width, int t) {
    for (int c = 0; c < width; c++) {
      x[c * TILE + t] = line[c];
    }
  }

  private void multiply(
      SparseLists lists, int panel, int row, MemorySegment out, int first, int count) {
    int rows = Math.min(SparseWeights.TASK, lists.rows - row);
    Arrays.fill(sums, 0);
    for (int r = 0; r < rows; r++) {
      int list = 2 * (panel * lists.rows + row + r);
      add(lists, list, r, 1);
      add(lists, list + 1, r, -1);
    }
    for (int t = 0; t < count; t++) {
      long at = (long) (first + t) * lists.rows + row;
      for (int r = 0; r < rows; r++) {
        stored[r] = sums[r * TILE + t];
      }
      for (int r = 0; panel > 0 && r < rows; r++) {
        stored[r] += Native.getInt(out, at + r);
      }
      MemorySegment.copy(stored, 0, out, Native.INT, at * Integer.BYTES, rows);
    }
  }

  private void add(SparseLists lists, int list, int row, int sign) {
    int end = lists.starts[list + 1];
    for (int i = lists.starts[list]; i < end; i += COLUMNS_BEFORE_WIDENING) {
      sum(lists.columns, i, Math.min(end, i + COLUMNS_BEFORE_WIDENING), x, narrow);
      widen(narrow, sums, row * TILE, sign);
    }
  }

  private static void sum(char[] columns, int from, int to, short[] x, short[] narrow) {
    for (int h = 0; h < TILE; h += 2 * L) {
      ShortVector a = ShortVector.zero(S);
      ShortVector b = ShortVector.zero(S);
      for (int i = from; i < to; i++) {
        int column = columns[i] * TILE + h;
        a = a.add(ShortVector.fromArray(S, x, column));
        if (TILE > L) {
          b = b.add(ShortVector.fromArray(S, x, column + L));
        }
      }
      a.intoArray(narrow, h);
      if (TILE > L) {
        b.intoArray(narrow, h + L);
      }
    }
  }

  private static void widen(short[] narrow, int[] sums, int at, int sign) {
    for (int h = 0; h < TILE; h += L) {
      ShortVector v = ShortVector.fromArray(S, narrow, h);
      v.convertShape(VectorOperators.S2I, I, 0)
          .reinterpretAsInts()
          .mul(sign)
          .add(IntVector.fromArray(I, sums, at + h))
          .intoArray(sums, at + h);
      v.convertShape(VectorOperators.S2I, I, 1)
          .reinterpretAsInts()
          .mul(sign)
          .add(IntVector.fromArray(I, sums, at + h + L / 2))
          .intoArray(sums, at + h + L / 2);
    }
  }
}
