package io.tritter.kernel;

import static io.tritter.kernel.Native.check;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
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
   * B is packed into panels of two vectors' width; tiles of 4 rows x 1 panel keep their 8 sums in
   * registers, and A is broadcast straight from where it lies (Goto and van de Geijn, 2008).
   */
  static final class Simd {
    private static final VectorSpecies<Float> F = FloatVector.SPECIES_PREFERRED;
    private static final int L = F.length();

    /** Columns of a panel. */
    private static final int NR = 2 * L;

    /** Rows of a tile. */
    private static final int MR = 4;

    /** Rows and panels of a task: its part of A stays in the second-level cache. */
    private static final int TASK_ROWS = 64;

    private static final int TASK_PANELS = 8;

    /** Floats of packed B at a time, 4 MiB: wider matrices go in column blocks. */
    private static final int PACKED = 1 << 20;

    private Simd() {}

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
      if (inner == 0 && !accumulate) {
        c.asSlice(0, 4L * rows * cols).fill((byte) 0);
      }
      long rowStep = 4L * (transposeA ? 1 : inner);
      long kStep = 4L * (transposeA ? rows : 1);
      int blockCols = Math.min((cols + NR - 1) / NR, PACKED / (KC * NR)) * NR;
      float[] packed = Scratch.floats(blockCols * Math.min(KC, inner));
      for (int j0 = 0; j0 < cols; j0 += blockCols) {
        for (int k0 = 0; k0 < inner; k0 += KC) {
          int kc = Math.min(KC, inner - k0);
          int width = Math.min(blockCols, cols - j0);
          int panels = (width + NR - 1) / NR;
          packPanels(b, transposeB, packed, j0, k0, kc, panels, cols, inner);
          Block block =
              new Block(
                  a,
                  k0 * kStep,
                  rowStep,
                  kStep,
                  packed,
                  c,
                  j0,
                  kc,
                  rows,
                  cols,
                  panels,
                  accumulate || k0 > 0);
          int rowTasks = (rows + TASK_ROWS - 1) / TASK_ROWS;
          int panelTasks = (panels + TASK_PANELS - 1) / TASK_PANELS;
          Workers.run(
              rowTasks * panelTasks,
              task -> block.multiply(task % rowTasks * TASK_ROWS, task / rowTasks * TASK_PANELS));
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
                  b, ((long) j * inner + k0) << 2, inner, packed, p * kc * NR, kc, width);
            } else {
              packStraight(b, ((long) k0 * cols + j) << 2, cols, packed, p * kc * NR, kc, width);
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
        long aOffset,
        long rowStep,
        long kStep,
        float[] packed,
        MemorySegment c,
        int firstCol,
        int kc,
        int rows,
        int cols,
        int panels,
        boolean add) {

      void multiply(int firstRow, int firstPanel) {
        int lastRow = Math.min(rows, firstRow + TASK_ROWS);
        int lastPanel = Math.min(panels, firstPanel + TASK_PANELS);
        float[] edge = new float[MR * NR];
        for (int p = firstPanel; p < lastPanel; p++) {
          int col = firstCol + p * NR;
          int width = Math.min(NR, cols - col);
          for (int i = firstRow; i < lastRow; i += MR) {
            int height = Math.min(MR, lastRow - i);
            long at = ((long) i * cols + col) << 2;
            if (height == MR && width == NR) {
              tile(
                  a,
                  aOffset + i * rowStep,
                  rowStep,
                  kStep,
                  packed,
                  p * kc * NR,
                  kc,
                  c,
                  at,
                  4L * cols,
                  add);
            } else {
              edge(a, aOffset + i * rowStep, packed, p * kc * NR, edge, height);
              storeEdge(edge, at, height, width);
            }
          }
        }
      }

      private void edge(
          MemorySegment a, long aAt, float[] packed, int bAt, float[] edge, int height) {
        for (int r = 0; r < height; r++) {
          row(a, aAt + r * rowStep, kStep, packed, bAt, kc, edge, r * NR);
        }
      }

      private void storeEdge(float[] edge, long at, int height, int width) {
        for (int r = 0; r < height; r++) {
          for (int j = 0; j < width; j++) {
            long to = at + 4L * ((long) r * cols + j);
            float old = add ? c.get(Native.FLOAT, to) : 0f;
            c.set(Native.FLOAT, to, add ? old + edge[r * NR + j] : edge[r * NR + j]);
          }
        }
      }
    }

    /** 4 rows x 2 vectors of C. */
    private static void tile(
        MemorySegment a,
        long a0,
        long rowStep,
        long kStep,
        float[] b,
        int bAt,
        int kc,
        MemorySegment c,
        long c0,
        long cStep,
        boolean add) {
      FloatVector s00 = FloatVector.zero(F);
      FloatVector s01 = s00;
      FloatVector s10 = s00;
      FloatVector s11 = s00;
      FloatVector s20 = s00;
      FloatVector s21 = s00;
      FloatVector s30 = s00;
      FloatVector s31 = s00;
      long a1 = a0 + rowStep;
      long a2 = a1 + rowStep;
      long a3 = a2 + rowStep;
      for (int k = 0; k < kc; k++) {
        FloatVector b0 = FloatVector.fromArray(F, b, bAt + k * NR);
        FloatVector b1 = FloatVector.fromArray(F, b, bAt + k * NR + L);
        long at = k * kStep;
        FloatVector x = FloatVector.broadcast(F, a.get(Native.FLOAT, a0 + at));
        s00 = x.fma(b0, s00);
        s01 = x.fma(b1, s01);
        x = FloatVector.broadcast(F, a.get(Native.FLOAT, a1 + at));
        s10 = x.fma(b0, s10);
        s11 = x.fma(b1, s11);
        x = FloatVector.broadcast(F, a.get(Native.FLOAT, a2 + at));
        s20 = x.fma(b0, s20);
        s21 = x.fma(b1, s21);
        x = FloatVector.broadcast(F, a.get(Native.FLOAT, a3 + at));
        s30 = x.fma(b0, s30);
        s31 = x.fma(b1, s31);
      }
      store(c, c0, s00, s01, add);
      store(c, c0 + cStep, s10, s11, add);
      store(c, c0 + 2 * cStep, s20, s21, add);
      store(c, c0 + 3 * cStep, s30, s31, add);
    }

    private static void store(
        MemorySegment c, long at, FloatVector s0, FloatVector s1, boolean add) {
      if (add) {
        s0 = FloatVector.fromMemorySegment(F, c, at, Native.ORDER).add(s0);
        s1 = FloatVector.fromMemorySegment(F, c, at + 4L * L, Native.ORDER).add(s1);
      }
      s0.intoMemorySegment(c, at, Native.ORDER);
      s1.intoMemorySegment(c, at + 4L * L, Native.ORDER);
    }

    /** One row x 2 vectors, into scratch: the edges. */
    private static void row(
        MemorySegment a, long a0, long kStep, float[] b, int bAt, int kc, float[] out, int to) {
      FloatVector s0 = FloatVector.zero(F);
      FloatVector s1 = s0;
      for (int k = 0; k < kc; k++) {
        FloatVector x = FloatVector.broadcast(F, a.get(Native.FLOAT, a0 + k * kStep));
        s0 = x.fma(FloatVector.fromArray(F, b, bAt + k * NR), s0);
        s1 = x.fma(FloatVector.fromArray(F, b, bAt + k * NR + L), s1);
      }
      s0.intoArray(out, to);
      s1.intoArray(out, to + L);
    }
  }
}
