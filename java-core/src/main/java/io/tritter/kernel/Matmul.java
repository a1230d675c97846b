package io.tritter.kernel;

import static io.tritter.kernel.Native.check;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorSpecies;

/**
 * Float32 matrix product.
 *
 * <p>Each element is a chain of fused multiply-adds in order of k, in blocks of {@link #KC} whose
 * sums are added in order. No backend changes that order, so scalar and SIMD agree bit for bit at
 * every width and thread count.
 */
final class Matmul {
  /** Inner elements a pass: a packed panel of B, KC x 2 vectors, stays in the first-level cache. */
  static final int KC = 256;

  private Matmul() {}

  static void run(
      MemorySegment a,
      boolean transposeA,
      MemorySegment b,
      boolean transposeB,
      MemorySegment c,
      int rows,
      int cols,
      int inner,
      boolean accumulate) {
    checkSizes(a, b, c, rows, cols, inner);
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < cols; j++) {
        long at = (long) i * cols + j;
        float sum = accumulate ? Native.get(c, at) : 0f;
        for (int k0 = 0; k0 < inner; k0 += KC) {
          float block = 0f;
          for (int k = k0; k < Math.min(inner, k0 + KC); k++) {
            float x = Native.get(a, transposeA ? (long) k * rows + i : (long) i * inner + k);
            float y = Native.get(b, transposeB ? (long) j * inner + k : (long) k * cols + j);
            block = Math.fma(x, y, block);
          }
          sum = k0 == 0 && !accumulate ? block : sum + block;
        }
        Native.set(c, at, sum);
      }
    }
  }

  private static void checkSizes(
      MemorySegment a, MemorySegment b, MemorySegment c, int rows, int cols, int inner) {
    check("a", a, (long) rows * inner);
    check("b", b, (long) inner * cols);
    check("c", c, (long) rows * cols);
  }

  /**
   * B is packed into panels of two vectors' width, shared by all threads; each task packs its rows
   * of A, and tiles keep their sums in registers (Goto and van de Geijn, 2008).
   *
   * <p>Packed panels are heap arrays: C2 proves their indices in range once a loop, where a native
   * segment with long offsets costs a comparison an element.
   */
  static final class Simd {
    private static final VectorSpecies<Float> F = FloatVector.SPECIES_PREFERRED;
    private static final int L = F.length();

    /** 512-bit machines have 32 vector registers. */
    private static final boolean WIDE = L >= 16;

    private static final int MR = WIDE ? WideTile.ROWS : NarrowTile.ROWS;

    /** Columns of a panel. */
    private static final int NR = 2 * L;

    /** Rows of a task: its packed part of A stays in the second-level cache. */
    private static final int MANY_ROWS = 192;

    /** Rows of a task where rows are few. */
    private static final int FEW_ROWS = 48;

    /** Tasks that keep the threads of a large machine busy. */
    private static final int TASKS = 16;

    /** Floats of packed B at a time, 4 MiB: wider matrices go in column blocks. */
    private static final int PACKED = 1 << 20;

    /**
     * Floats before the first panel: the header of an array has 16 bytes, and large arrays start at
     * a page, so vectors then cross no cache line (about 1 % faster; nothing depends on it).
     */
    private static final int ALIGN = 12;

    private static final ThreadLocal<Rows> ROWS = ThreadLocal.withInitial(Rows::new);

    private Simd() {}

    /** Working memory of a thread: packed rows of A, one tile of C. */
    private static final class Rows {
      private final float[] a = new float[MANY_ROWS * KC + L];
      private final float[] tile = new float[MR * NR];
    }

    static void run(
        MemorySegment a,
        boolean transposeA,
        MemorySegment b,
        boolean transposeB,
        MemorySegment c,
        int rows,
        int cols,
        int inner,
        boolean accumulate) {
      checkSizes(a, b, c, rows, cols, inner);
      if (rows == 0) {
        return;
      }
      if (inner == 0 && !accumulate) {
        c.asSlice(0, 4L * rows * cols).fill((byte) 0);
      }
      int blockCols = Math.min((cols + NR - 1) / NR, PACKED / (KC * NR)) * NR;
      float[] packed = Scratch.floats(ALIGN + blockCols * Math.min(KC, inner));
      int taskRows = rows >= TASKS * MANY_ROWS / 2 ? MANY_ROWS : FEW_ROWS;
      int rowTasks = (rows + taskRows - 1) / taskRows;
      for (int j0 = 0; j0 < cols; j0 += blockCols) {
        for (int k0 = 0; k0 < inner; k0 += KC) {
          int kc = Math.min(KC, inner - k0);
          int panels = (Math.min(blockCols, cols - j0) + NR - 1) / NR;
          int panelTasks = Math.min(panels, Math.max(1, TASKS / rowTasks));
          int taskPanels = (panels + panelTasks - 1) / panelTasks;
          packPanels(b, transposeB, packed, j0, k0, kc, panels, cols, inner);
          Block block =
              new Block(
                  a, transposeA, packed, c, rows, cols, inner, j0, k0, kc, accumulate || k0 > 0);
          Workers.run(
              rowTasks * panelTasks,
              task -> {
                int row = task / panelTasks * taskRows;
                int panel = task % panelTasks * taskPanels;
                block.multiply(
                    row,
                    Math.min(rows, row + taskRows),
                    panel,
                    Math.min(panels, panel + taskPanels));
              });
        }
      }
    }

    private static void packPanels(
        MemorySegment b,
        boolean transposeB,
        float[] packed,
        int j0,
        int k0,
        int kc,
        int panels,
        int cols,
        int inner) {
      Workers.run(
          panels,
          p -> {
            int j = j0 + p * NR;
            int width = Math.min(NR, cols - j);
            if (transposeB) {
              packTransposed(
                  b, ((long) j * inner + k0) << 2, inner, packed, ALIGN + p * kc * NR, kc, width);
            } else {
              packStraight(
                  b, ((long) k0 * cols + j) << 2, cols, packed, ALIGN + p * kc * NR, kc, width);
            }
          });
    }

    /** Rows of B lie as the panel wants them. */
    private static void packStraight(
        MemorySegment b, long from, int cols, float[] packed, int to, int kc, int width) {
      for (int k = 0; k < kc; k++) {
        long at = from + 4L * k * cols;
        int o = to + k * NR;
        if (width == NR) {
          FloatVector.fromMemorySegment(F, b, at, Native.ORDER).intoArray(packed, o);
          FloatVector.fromMemorySegment(F, b, at + 4L * L, Native.ORDER).intoArray(packed, o + L);
        } else {
          for (int j = 0; j < NR; j++) {
            packed[o + j] = j < width ? b.get(Native.FLOAT, at + 4L * j) : 0f;
          }
        }
      }
    }

    private static void packTransposed(
        MemorySegment b, long from, int inner, float[] packed, int to, int kc, int width) {
      for (int j = 0; j < NR; j++) {
        if (j < width) {
          long at = from + 4L * j * inner;
          for (int k = 0; k < kc; k++) {
            packed[to + k * NR + j] = b.get(Native.FLOAT, at + 4L * k);
          }
        } else {
          for (int k = 0; k < kc; k++) {
            packed[to + k * NR + j] = 0f;
          }
        }
      }
    }

    /** One pass over kc inner elements: what the tiles share. */
    @SuppressWarnings("ArrayRecordComponent") // private, and never compared
    private record Block(
        MemorySegment a,
        boolean transposeA,
        float[] packed,
        MemorySegment c,
        int rows,
        int cols,
        int inner,
        int firstCol,
        int firstInner,
        int kc,
        boolean add) {

      void multiply(int firstRow, int lastRow, int firstPanel, int lastPanel) {
        Rows work = ROWS.get();
        for (int i = firstRow; i < lastRow; i += MR) {
          int height = Math.min(MR, lastRow - i);
          int to = (i - firstRow) * KC;
          if (transposeA) {
            packColumns(a, ((long) firstInner * rows + i) << 2, rows, work.a, to, kc, height);
          } else {
            packRows(a, ((long) i * inner + firstInner) << 2, inner, work.a, to, kc, height);
          }
        }
        for (int p = firstPanel; p < lastPanel; p++) {
          int col = firstCol + p * NR;
          int width = Math.min(NR, cols - col);
          for (int i = firstRow; i < lastRow; i += MR) {
            tile(work.a, (i - firstRow) * KC, ALIGN + p * kc * NR, work.tile);
            long at = ((long) i * cols + col) << 2;
            int height = Math.min(MR, lastRow - i);
            if (width == NR) {
              store(work.tile, c, at, cols, height, add);
            } else {
              storeEdge(work.tile, c, at, cols, height, width, add);
            }
          }
        }
      }

      private void tile(float[] rows, int from, int panel, float[] out) {
        if (WIDE && transposeA) {
          WideTile.columns(rows, from, packed, panel, kc, out);
        } else if (WIDE) {
          WideTile.rows(rows, from, packed, panel, kc, out);
        } else if (transposeA) {
          NarrowTile.columns(rows, from, packed, panel, kc, out);
        } else {
          NarrowTile.rows(rows, from, packed, panel, kc, out);
        }
      }
    }

    /** Rows of A as they lie, {@link #KC} apart. */
    private static void packRows(
        MemorySegment a, long from, int inner, float[] packed, int to, int kc, int height) {
      for (int r = 0; r < height; r++) {
        packRow(a, from + 4L * r * inner, packed, to + r * KC, kc);
      }
    }

    private static void packRow(MemorySegment a, long from, float[] packed, int to, int kc) {
      int bound = F.loopBound(kc);
      for (int k = 0; k < bound; k += L) {
        FloatVector.fromMemorySegment(F, a, from + 4L * k, Native.ORDER).intoArray(packed, to + k);
      }
      for (int k = bound; k < kc; k++) {
        packed[to + k] = a.get(Native.FLOAT, from + 4L * k);
      }
    }

    /**
     * Columns of A, which are rows of its transpose, {@link #MR} apart. A vector is at least as
     * long as a tile is high; what it writes too much, the next one overwrites.
     */
    private static void packColumns(
        MemorySegment a, long from, int rows, float[] packed, int to, int kc, int height) {
      boolean vectors = from + 4L * (kc - 1) * rows + 4L * L <= a.byteSize();
      for (int k = 0; k < kc; k++) {
        long at = from + 4L * k * rows;
        if (vectors) {
          FloatVector.fromMemorySegment(F, a, at, Native.ORDER).intoArray(packed, to + k * MR);
        } else {
          for (int r = 0; r < height; r++) {
            packed[to + k * MR + r] = a.get(Native.FLOAT, at + 4L * r);
          }
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

    /** {@link #store} for a panel that ends past the last column. */
    private static void storeEdge(
        float[] tile, MemorySegment c, long at, int cols, int height, int width, boolean add) {
      for (int j = 0; j < width; j += L) {
        VectorMask<Float> mask = F.indexInRange(j, width);
        for (int r = 0; r < height; r++) {
          long to = at + 4L * ((long) r * cols + j);
          FloatVector s = FloatVector.fromArray(F, tile, r * NR + j);
          if (add) {
            s = FloatVector.fromMemorySegment(F, c, to, Native.ORDER, mask).add(s);
          }
          s.intoMemorySegment(c, to, Native.ORDER, mask);
        }
      }
    }
  }
}
