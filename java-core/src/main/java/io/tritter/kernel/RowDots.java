package io.tritter.kernel;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * {@link Matmul} of few rows with a transposed matrix: {@code c[i, j] = sum_k a[i, k] b[j, k]}, dot
 * products along rows of B, which then comes through the processor once and unpacked.
 *
 * <p>Element k is added to sum k mod {@link #SUMS}; at the end the upper half of the sums goes to
 * the lower one until one is left. No backend changes that order.
 */
final class RowDots {
  /** Rows for which this is faster than tiles. */
  static final int MOST_ROWS = 8;

  /** Sums of an element, at every vector width. */
  private static final int SUMS = 16;

  private RowDots() {}

  /** Whether a product is one of these. */
  static boolean fits(Operand a, Operand b, int rows) {
    return rows <= MOST_ROWS && b.transposed() && (!a.transposed() || rows == 1);
  }

  static void run(
      Operand a, Operand b, MemorySegment c, int rows, int cols, int inner, boolean accumulate) {
    float[] sums = new float[SUMS];
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < cols; j++) {
        Arrays.fill(sums, 0f);
        for (int k = 0; k < inner; k++) {
          float x = a.get((long) i * inner + k);
          float y = b.get((long) j * inner + k);
          sums[k % SUMS] = Math.fma(x, y, sums[k % SUMS]);
        }
        set(c, (long) i * cols + j, fold(sums, 0), accumulate);
      }
    }
  }

  private static float fold(float[] sums, int at) {
    for (int half = SUMS / 2; half > 0; half /= 2) {
      for (int i = at; i < at + half; i++) {
        sums[i] += sums[i + half];
      }
    }
    return sums[at];
  }

  private static void set(MemorySegment c, long index, float sum, boolean accumulate) {
    Native.set(c, index, accumulate ? Native.get(c, index) + sum : sum);
  }

  /** Four columns at a time; vectors of 16 or 8 floats, shorter ones in the scalar order. */
  static final class Simd {
    private static final VectorSpecies<Float> F = FloatVector.SPECIES_PREFERRED;
    private static final int L = F.length();

    /** Whether the sums are one vector or two; for others there would be too few registers. */
    static final boolean VECTORS = L == SUMS || 2 * L == SUMS;

    private static final int COLS = 4;

    /** Elements of B of a task, some microseconds. */
    private static final int TASK = 1 << 15;

    private static final Workspace TILE = new Workspace();
    private static final Workspace WIDENED = new Workspace();

    private Simd() {}

    static void run(
        Operand a, Operand b, MemorySegment c, int rows, int cols, int inner, boolean accumulate) {
      int step = Math.max(1, TASK / Math.max(1, inner) / COLS) * COLS;
      Workers.pieces(
          cols,
          step,
          (from, to) -> {
            for (int j = (int) from; j < to; j += COLS) {
              int width = (int) Math.min(COLS, to - j);
              columns(a, b, c, rows, cols, inner, j, width, accumulate);
            }
          });
    }

    private static void columns(
        Operand a,
        Operand b,
        MemorySegment c,
        int rows,
        int cols,
        int inner,
        int j,
        int width,
        boolean accumulate) {
      if (width < COLS || !a.isFloat32() || !b.isFloat32()) {
        widened(a, b, c, rows, cols, inner, j, width, accumulate);
        return;
      }
      float[] sums = TILE.floats(COLS * SUMS);
      for (int i = 0; i < rows; i++) {
        if (L == SUMS) {
          four(a.data(), (long) i * inner, b.data(), (long) j * inner, inner, sums);
        } else {
          fourOfTwo(a.data(), (long) i * inner, b.data(), (long) j * inner, inner, sums);
        }
        for (int n = 0; n < COLS; n++) {
          set(c, (long) i * cols + j + n, fold(sums, n * SUMS), accumulate);
        }
      }
    }

    /** The sums of four columns, a vector each. */
    private static void four(
        MemorySegment a, long x, MemorySegment b, long y, int inner, float[] sums) {
      FloatVector s0 = FloatVector.zero(F);
      FloatVector s1 = s0;
      FloatVector s2 = s0;
      FloatVector s3 = s0;
      int bound = inner / SUMS * SUMS;
      for (int k = 0; k < bound; k += SUMS) {
        FloatVector v = load(a, x + k);
        s0 = v.fma(load(b, y + k), s0);
        s1 = v.fma(load(b, y + inner + k), s1);
        s2 = v.fma(load(b, y + 2L * inner + k), s2);
        s3 = v.fma(load(b, y + 3L * inner + k), s3);
      }
      s0.intoArray(sums, 0);
      s1.intoArray(sums, SUMS);
      s2.intoArray(sums, 2 * SUMS);
      s3.intoArray(sums, 3 * SUMS);
      rest(a, x, b, y, inner, bound, sums);
    }

    /** {@link #four} with two vectors a column. */
    private static void fourOfTwo(
        MemorySegment a, long x, MemorySegment b, long y, int inner, float[] sums) {
      FloatVector s0 = FloatVector.zero(F);
      FloatVector s1 = s0;
      FloatVector s2 = s0;
      FloatVector s3 = s0;
      FloatVector t0 = s0;
      FloatVector t1 = s0;
      FloatVector t2 = s0;
      FloatVector t3 = s0;
      int bound = inner / SUMS * SUMS;
      for (int k = 0; k < bound; k += SUMS) {
        FloatVector v = load(a, x + k);
        FloatVector w = load(a, x + k + L);
        s0 = v.fma(load(b, y + k), s0);
        t0 = w.fma(load(b, y + k + L), t0);
        s1 = v.fma(load(b, y + inner + k), s1);
        t1 = w.fma(load(b, y + inner + k + L), t1);
        s2 = v.fma(load(b, y + 2L * inner + k), s2);
        t2 = w.fma(load(b, y + 2L * inner + k + L), t2);
        s3 = v.fma(load(b, y + 3L * inner + k), s3);
        t3 = w.fma(load(b, y + 3L * inner + k + L), t3);
      }
      s0.intoArray(sums, 0);
      t0.intoArray(sums, L);
      s1.intoArray(sums, SUMS);
      t1.intoArray(sums, SUMS + L);
      s2.intoArray(sums, 2 * SUMS);
      t2.intoArray(sums, 2 * SUMS + L);
      s3.intoArray(sums, 3 * SUMS);
      t3.intoArray(sums, 3 * SUMS + L);
      rest(a, x, b, y, inner, bound, sums);
    }

    private static void rest(
        MemorySegment a, long x, MemorySegment b, long y, int inner, int bound, float[] sums) {
      for (int k = bound; k < inner; k++) {
        float v = Native.get(a, x + k);
        for (int n = 0; n < COLS; n++) {
          int at = n * SUMS + k - bound;
          sums[at] = Math.fma(v, Native.get(b, y + (long) n * inner + k), sums[at]);
        }
      }
    }

    /** {@link #columns} of any types and number: a block of inner elements at a time, in arrays. */
    private static void widened(
        Operand a,
        Operand b,
        MemorySegment c,
        int rows,
        int cols,
        int inner,
        int j,
        int width,
        boolean accumulate) {
      int block = Matmul.KC; // a multiple of SUMS
      float[] sums = TILE.floats(MOST_ROWS * COLS * SUMS);
      float[] lines = WIDENED.floats((1 + COLS) * block);
      Arrays.fill(sums, 0, rows * COLS * SUMS, 0f);
      for (int k = 0; k < inner; k += block) {
        int count = Math.min(block, inner - k);
        for (int n = 0; n < width; n++) {
          Panels.copy(b, (long) (j + n) * inner + k, count, lines, (1 + n) * block);
        }
        for (int i = 0; i < rows; i++) {
          Panels.copy(a, (long) i * inner + k, count, lines, 0);
          add(lines, block, count, sums, i * COLS * SUMS);
        }
      }
      for (int i = 0; i < rows; i++) {
        for (int n = 0; n < width; n++) {
          float sum = fold(sums, (i * COLS + n) * SUMS);
          set(c, (long) i * cols + j + n, sum, accumulate);
        }
      }
    }

    /** Adds the products of the first line with each of the others to the sums. */
    private static void add(float[] lines, int block, int count, float[] sums, int at) {
      int bound = count / SUMS * SUMS;
      for (int lane = 0; lane < SUMS; lane += L) {
        FloatVector s0 = FloatVector.fromArray(F, sums, at + lane);
        FloatVector s1 = FloatVector.fromArray(F, sums, at + SUMS + lane);
        FloatVector s2 = FloatVector.fromArray(F, sums, at + 2 * SUMS + lane);
        FloatVector s3 = FloatVector.fromArray(F, sums, at + 3 * SUMS + lane);
        for (int k = lane; k < bound; k += SUMS) {
          FloatVector v = FloatVector.fromArray(F, lines, k);
          s0 = v.fma(FloatVector.fromArray(F, lines, block + k), s0);
          s1 = v.fma(FloatVector.fromArray(F, lines, 2 * block + k), s1);
          s2 = v.fma(FloatVector.fromArray(F, lines, 3 * block + k), s2);
          s3 = v.fma(FloatVector.fromArray(F, lines, 4 * block + k), s3);
        }
        s0.intoArray(sums, at + lane);
        s1.intoArray(sums, at + SUMS + lane);
        s2.intoArray(sums, at + 2 * SUMS + lane);
        s3.intoArray(sums, at + 3 * SUMS + lane);
      }
      for (int k = bound; k < count; k++) {
        for (int n = 0; n < COLS; n++) {
          int to = at + n * SUMS + k - bound;
          sums[to] = Math.fma(lines[k], lines[(1 + n) * block + k], sums[to]);
        }
      }
    }

    private static FloatVector load(MemorySegment s, long index) {
      return FloatVector.fromMemorySegment(F, s, index << 2, Native.ORDER);
    }
  }
}
