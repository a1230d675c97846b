package io.tritter.kernel;

import static io.tritter.kernel.Native.check;

import java.lang.foreign.MemorySegment;
import java.util.function.IntConsumer;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Float32 matrix product.
 *
 * <p>Each element is a chain of fused multiply-adds in order of k, in {@link #blockInner blocks}
 * whose sums are added in order. No backend changes that order, so scalar and SIMD agree bit for
 * bit at every width and thread count, and a row of the result does not depend on the other rows;
 * {@link RowDots} has the order of a few rows with a transposed matrix.
 */
final class Matmul {
  /** Inner elements of a block, at most: a panel of B then stays in the first-level cache. */
  static final int KC = 256;

  private Matmul() {}

  static void run(
      Operand a, Operand b, MemorySegment c, int rows, int cols, int inner, boolean accumulate) {
    checkSizes(a, b, c, rows, cols, inner);
    if (RowDots.fits(a, b, rows)) {
      RowDots.run(a, b, c, rows, cols, inner, accumulate);
      return;
    }
    int block = blockInner(inner);
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < cols; j++) {
        long at = (long) i * cols + j;
        float sum = accumulate ? Native.get(c, at) : 0f;
        for (int k0 = 0; k0 < inner; k0 += block) {
          float part = 0f;
          for (int k = k0; k < Math.min(inner, k0 + block); k++) {
            float x = a.get(a.transposed() ? (long) k * rows + i : (long) i * inner + k);
            float y = b.get(b.transposed() ? (long) j * inner + k : (long) k * cols + j);
            part = Math.fma(x, y, part);
          }
          sum = k0 == 0 && !accumulate ? part : sum + part;
        }
        Native.set(c, at, sum);
      }
    }
  }

  /** Inner elements of each block but the last, which may have fewer. */
  private static int blockInner(int inner) {
    return inner <= KC ? Math.max(1, inner) : Math.ceilDiv(inner, Math.ceilDiv(inner, KC));
  }

  /** Where part {@code i} of {@code n} begins, if parts differ by 1 at most. */
  static int part(int all, int i, int n) {
    return (int) ((long) all * i / n);
  }

  private static void checkSizes(
      Operand a, Operand b, MemorySegment c, int rows, int cols, int inner) {
    a.check("a", (long) rows * inner);
    b.check("b", (long) inner * cols);
    check("c", c, (long) rows * cols);
  }

  /**
   * B is packed into {@link Panels}, shared by all threads; each task packs its rows of A into
   * {@link RowTiles}, and tiles keep their sums in registers (Goto and van de Geijn, 2008).
   */
  static final class Simd {
    private static final VectorSpecies<Float> F = FloatVector.SPECIES_PREFERRED;
    private static final int L = F.length();
    private static final int MR = RowTiles.ROWS;
    private static final int NR = Panels.COLS;

    /** Rows of a task, at least, unless there are none left. */
    private static final int FEW_ROWS = 48;

    /**
     * From so many columns on a task has few rows: each row of C is then a page of its own, and
     * more of them than the processor remembers cost more than a panel that is loaded again.
     */
    private static final int WIDE = 512;

    /** Rows that a task holds all of, so that nobody else needs the panels that it packs. */
    private static final int ONE_PASS = RowTiles.CAPACITY;

    /** Panels of such a task, which stay in its second-level cache. */
    private static final int OWN_PANELS = 8;

    /** Elements of B that are not worth a second thread, about a microsecond. */
    private static final int SMALL = 1 << 13;

    /** Lines of panels that a task packs, some microseconds. */
    private static final int PACK_ROWS = 256;

    /** Floats of packed B at a time where rows are short, 1 MiB of the second-level cache. */
    private static final int PACKED = 1 << 18;

    /** Columns of packed B at a time. */
    private static final int MANY_COLS = 2048;

    /**
     * Floats before the first panel: the header of an array has 16 bytes, and large arrays start at
     * a page, so vectors then cross no cache line (about 1 % faster; nothing depends on it).
     */
    private static final int ALIGN = 12;

    private static final Workspace PANELS = new Workspace();
    private static final Workspace PANEL = new Workspace();
    private static final Workspace TILE = new Workspace();

    private Simd() {}

    static void run(
        Operand a, Operand b, MemorySegment c, int rows, int cols, int inner, boolean accumulate) {
      checkSizes(a, b, c, rows, cols, inner);
      if (rows == 0 || cols == 0) {
        return;
      }
      if (inner == 0 && !accumulate) {
        c.asSlice(0, 4L * rows * cols).fill((byte) 0);
      }
      if (RowDots.fits(a, b, rows)) {
        if (RowDots.Simd.VECTORS) {
          RowDots.Simd.run(a, b, c, rows, cols, inner, accumulate);
        } else {
          RowDots.run(a, b, c, rows, cols, inner, accumulate);
        }
        return;
      }
      int block = blockInner(inner);
      if (RowSums.fits(a, b, rows)) {
        RowSums.Simd.run(a.data(), b.data(), c, rows, cols, inner, block, accumulate);
        return;
      }
      if (rows <= ONE_PASS && (b.transposed() || rows > FEW_ROWS)) {
        multiplyFew(a, b, c, rows, cols, inner, block, accumulate);
        return;
      }
      int stepCols = Math.min(Panels.count(cols), MANY_COLS / NR) * NR;
      int stepInner = Math.max(1, PACKED / (stepCols * block)) * block;
      float[] packed = PANELS.floats(ALIGN + stepCols * Math.min(stepInner, inner));
      for (int j = 0; j < cols; j += stepCols) {
        for (int k = 0; k < inner; k += stepInner) {
          new Step(
                  a,
                  b,
                  c,
                  rows,
                  cols,
                  inner,
                  packed,
                  j,
                  k,
                  Math.min(stepCols, cols - j),
                  Math.min(stepInner, inner - k),
                  block,
                  accumulate || k > 0)
              .run();
        }
      }
    }

    /**
     * Few rows, and columns of B that lie in one piece: each task transposes panels that nobody
     * else needs, which stay in its first-level cache.
     */
    private static void multiplyFew(
        Operand a,
        Operand b,
        MemorySegment c,
        int rows,
        int cols,
        int inner,
        int block,
        boolean accumulate) {
      int panels = Panels.count(cols);
      int most = rows <= MR ? 1 : OWN_PANELS;
      int group = Math.clamp(panels / (2 * Workers.threads()), 1, most);
      IntConsumer task =
          i -> {
            int first = i * group * NR;
            int width = Math.min(group * NR, cols - first);
            RowTiles tiles = RowTiles.mine();
            float[] own = PANEL.floats(ALIGN + group * NR * KC);
            for (int k = 0; k < inner; k += block) {
              int count = Math.min(block, inner - k);
              tiles.pack(a, rows, inner, 0, rows, k, count);
              Panels.pack(b, cols, inner, first, width, k, count, own, ALIGN, 0, 1);
              for (int j = 0; j < width; j += NR) {
                int at = ALIGN + j * count;
                products(tiles, own, at, count, c, 0, rows, first + j, cols, accumulate || k > 0);
              }
            }
          };
      int tasks = Math.ceilDiv(panels, group);
      if ((long) cols * inner < SMALL) {
        for (int i = 0; i < tasks; i++) {
          task.accept(i);
        }
      } else {
        Workers.run(tasks, task);
      }
    }

    /** The columns and inner elements whose part of B is packed at a time. */
    @SuppressWarnings("ArrayRecordComponent") // private, and never compared
    private record Step(
        Operand a,
        Operand b,
        MemorySegment c,
        int rows,
        int cols,
        int inner,
        float[] packed,
        int firstCol,
        int firstInner,
        int stepCols,
        int stepInner,
        int block,
        boolean accumulate) {

      void run() {
        int panels = Panels.count(stepCols);
        int blocks = Math.ceilDiv(stepInner, block);
        int parts = Math.ceilDiv(panels * block, PACK_ROWS);
        Workers.run(blocks * parts, i -> pack(i / parts * block, i % parts, parts));
        int threads = Workers.threads();
        int most = cols < WIDE ? RowTiles.CAPACITY : FEW_ROWS;
        int fewest = Math.ceilDiv(rows, most);
        int rowTasks =
            Math.min(Math.ceilDiv(rows, FEW_ROWS), Math.ceilDiv(fewest, threads) * threads);
        int panelTasks = Math.min(panels, Math.ceilDiv(threads, rowTasks));
        int tiles = Math.ceilDiv(rows, MR);
        Workers.run(
            rowTasks * panelTasks,
            i -> {
              int r = i / panelTasks;
              int p = i % panelTasks;
              multiply(
                  part(tiles, r, rowTasks) * MR,
                  Math.min(rows, part(tiles, r + 1, rowTasks) * MR),
                  part(panels, p, panelTasks),
                  part(panels, p + 1, panelTasks));
            });
      }

      private int panelAt(int panel, int k, int count) {
        return ALIGN + NR * (Panels.count(stepCols) * k + panel * count);
      }

      private void pack(int k, int part, int parts) {
        int count = Math.min(block, stepInner - k);
        int at = panelAt(0, k, count);
        Panels.pack(
            b, cols, inner, firstCol, stepCols, firstInner + k, count, packed, at, part, parts);
      }

      private void multiply(int firstRow, int lastRow, int firstPanel, int lastPanel) {
        RowTiles tiles = RowTiles.mine();
        for (int k = 0; k < stepInner; k += block) {
          int count = Math.min(block, stepInner - k);
          boolean add = accumulate || k > 0;
          tiles.pack(a, rows, inner, firstRow, lastRow - firstRow, firstInner + k, count);
          for (int p = firstPanel; p < lastPanel; p++) {
            int col = firstCol + p * NR;
            products(
                tiles, packed, panelAt(p, k, count), count, c, firstRow, lastRow, col, cols, add);
          }
        }
      }
    }

    /** All rows that a thread has packed with one panel. */
    private static void products(
        RowTiles tiles,
        float[] panels,
        int panel,
        int inner,
        MemorySegment c,
        int firstRow,
        int lastRow,
        int col,
        int cols,
        boolean add) {
      float[] out = TILE.floats(MR * NR);
      int width = Math.min(NR, cols - col);
      for (int i = firstRow; i < lastRow; i += MR) {
        int height = Math.min(MR, lastRow - i);
        tiles.multiply((i - firstRow) / MR, height, panels, panel, inner, out);
        long at = ((long) i * cols + col) << 2;
        if (width == NR) {
          store(out, c, at, cols, height, add);
        } else {
          storeEdge(out, c, at, cols, height, width, add);
        }
      }
    }

    /** Writes the rows of a tile to C, or adds them. */
    private static void store(
        float[] tile, MemorySegment c, long at, int cols, int height, boolean add) {
      for (int r = 0; r < height; r++) {
        long to = at + 4L * r * cols;
        FloatVector s0 = FloatVector.fromArray(F, tile, r * NR);
        FloatVector s1 = FloatVector.fromArray(F, tile, r * NR + L);
        if (add) {
          s0 = FloatVector.fromMemorySegment(F, c, to, Native.ORDER).add(s0);
          s1 = FloatVector.fromMemorySegment(F, c, to + 4L * L, Native.ORDER).add(s1);
        }
        s0.intoMemorySegment(c, to, Native.ORDER);
        s1.intoMemorySegment(c, to + 4L * L, Native.ORDER);
      }
    }

    /**
     * {@link #store} for a panel that ends past the last column. Its last floats go one by one: a
     * masked access at the end of a segment leaves masks on the heap.
     */
    private static void storeEdge(
        float[] tile, MemorySegment c, long at, int cols, int height, int width, boolean add) {
      int bound = F.loopBound(width);
      for (int r = 0; r < height; r++) {
        long row = at + 4L * r * cols;
        for (int j = 0; j < bound; j += L) {
          FloatVector s = FloatVector.fromArray(F, tile, r * NR + j);
          if (add) {
            s = FloatVector.fromMemorySegment(F, c, row + 4L * j, Native.ORDER).add(s);
          }
          s.intoMemorySegment(c, row + 4L * j, Native.ORDER);
        }
        for (int j = bound; j < width; j++) {
          long to = (row >> 2) + j;
          float s = tile[r * NR + j];
          Native.set(c, to, add ? Native.get(c, to) + s : s);
        }
      }
    }
  }
}
