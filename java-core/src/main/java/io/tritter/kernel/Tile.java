package io.tritter.kernel;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Small matrices in heap arrays, row by row, and their products on vectors: what attention is made
 * of.
 *
 * <p>A product computes 4 rows by one panel (two vectors) at a time: eight accumulators, the most
 * that 16 registers hold beside the operands. So rows are padded to a multiple of 4 and columns to
 * a multiple of {@link #PANEL}.
 *
 * <p>The two methods that do this are longer than the 325 bytecodes that C2 inlines, and must stay
 * so: within their callers' compilation they lose their registers, and two thirds of their speed.
 */
final class Tile {
  private static final VectorSpecies<Float> F = FloatVector.SPECIES_PREFERRED;
  private static final int L = F.length();

  static final int PANEL = 2 * L;
  static final int QUAD = 4;

  /** Columns (keys) of a tile of scores, a multiple of any panel up to 1024 bits. */
  static final int KEYS = 64;

  private Tile() {}

  /** {@code n} rounded up to a multiple of {@code unit}. */
  static int padded(int n, int unit) {
    return Math.ceilDiv(n, unit) * unit;
  }

  /** Copies rows of native memory, {@code stride} elements apart, times {@code factor}. */
  static void load(
      MemorySegment s,
      long from,
      int stride,
      int rows,
      int dim,
      float factor,
      float[] tile,
      int at,
      int ld) {
    for (int r = 0; r < rows; r++) {
      loadRow(s, from + (long) r * stride, dim, factor, tile, at + r * ld);
    }
  }

  private static void loadRow(
      MemorySegment s, long from, int dim, float factor, float[] tile, int at) {
    int bound = F.loopBound(dim);
    for (int i = 0; i < bound; i += L) {
      FloatVector.fromMemorySegment(F, s, (from + i) << 2, Native.ORDER)
          .mul(factor)
          .intoArray(tile, at + i);
    }
    for (int i = bound; i < dim; i++) {
      tile[at + i] = Native.get(s, from + i) * factor;
    }
  }

  /** Copies one row to native memory, times {@code factor}. */
  static void storeRow(float[] tile, int at, int dim, float factor, MemorySegment s, long to) {
    int bound = F.loopBound(dim);
    for (int i = 0; i < bound; i += L) {
      FloatVector.fromArray(F, tile, at + i)
          .mul(factor)
          .intoMemorySegment(s, (to + i) << 2, Native.ORDER);
    }
    for (int i = bound; i < dim; i++) {
      Native.set(s, to + i, tile[at + i] * factor);
    }
  }

  /** The dot product of two rows at the same place. */
  static float dot(MemorySegment x, MemorySegment y, long from, int dim) {
    int bound = F.loopBound(dim);
    FloatVector sums = FloatVector.zero(F);
    for (int i = 0; i < bound; i += L) {
      long at = (from + i) << 2;
      sums =
          FloatVector.fromMemorySegment(F, x, at, Native.ORDER)
              .fma(FloatVector.fromMemorySegment(F, y, at, Native.ORDER), sums);
    }
    float sum = Lanes.sum(sums);
    for (int i = bound; i < dim; i++) {
      sum += Native.get(x, from + i) * Native.get(y, from + i);
    }
    return sum;
  }

  /** {@code out[c, r] = tile[r, c]}; {@code out} has rows of {@link #KEYS}. */
  static void transpose(float[] tile, int ld, int rows, int cols, float[] out) {
    for (int r = 0; r < rows; r++) {
      int row = r * ld;
      for (int c = 0; c < cols; c++) {
        out[c * KEYS + r] = tile[row + c];
      }
    }
  }

  /**
   * {@code c = a b} or {@code c += a b}.
   *
   * @param a [rows, inner], rows {@code lda} apart
   * @param b [inner, cols], rows {@code ldb} apart
   * @param c [rows, cols], rows {@code ldc} apart
   * @param rows a multiple of 4
   * @param cols a multiple of {@link #PANEL}
   */
  static void multiply(
      float[] a,
      int ao,
      int lda,
      float[] b,
      int ldb,
      float[] c,
      int co,
      int ldc,
      int rows,
      int cols,
      int inner,
      boolean add) {
    for (int j = 0; j < cols; j += PANEL) {
      for (int i = 0; i < rows; i += QUAD) {
        block(a, ao + i * lda, lda, b, j, ldb, c, co + i * ldc + j, ldc, inner, add);
      }
    }
  }

  private static void block(
      float[] a,
      int ao,
      int lda,
      float[] b,
      int bo,
      int ldb,
      float[] c,
      int co,
      int ldc,
      int inner,
      boolean add) {
    FloatVector c00 = FloatVector.zero(F);
    FloatVector c01 = c00;
    FloatVector c10 = c00;
    FloatVector c11 = c00;
    FloatVector c20 = c00;
    FloatVector c21 = c00;
    FloatVector c30 = c00;
    FloatVector c31 = c00;
    int a1 = ao + lda;
    int a2 = a1 + lda;
    int a3 = a2 + lda;
    for (int k = 0; k < inner; k++) {
      FloatVector b0 = FloatVector.fromArray(F, b, bo + k * ldb);
      FloatVector b1 = FloatVector.fromArray(F, b, bo + k * ldb + L);
      FloatVector x = FloatVector.broadcast(F, a[ao + k]);
      c00 = x.fma(b0, c00);
      c01 = x.fma(b1, c01);
      x = FloatVector.broadcast(F, a[a1 + k]);
      c10 = x.fma(b0, c10);
      c11 = x.fma(b1, c11);
      x = FloatVector.broadcast(F, a[a2 + k]);
      c20 = x.fma(b0, c20);
      c21 = x.fma(b1, c21);
      x = FloatVector.broadcast(F, a[a3 + k]);
      c30 = x.fma(b0, c30);
      c31 = x.fma(b1, c31);
    }
    if (add) {
      FloatVector.fromArray(F, c, co).add(c00).intoArray(c, co);
      FloatVector.fromArray(F, c, co + L).add(c01).intoArray(c, co + L);
      FloatVector.fromArray(F, c, co + ldc).add(c10).intoArray(c, co + ldc);
      FloatVector.fromArray(F, c, co + ldc + L).add(c11).intoArray(c, co + ldc + L);
      FloatVector.fromArray(F, c, co + 2 * ldc).add(c20).intoArray(c, co + 2 * ldc);
      FloatVector.fromArray(F, c, co + 2 * ldc + L).add(c21).intoArray(c, co + 2 * ldc + L);
      FloatVector.fromArray(F, c, co + 3 * ldc).add(c30).intoArray(c, co + 3 * ldc);
      FloatVector.fromArray(F, c, co + 3 * ldc + L).add(c31).intoArray(c, co + 3 * ldc + L);
    } else {
      c00.intoArray(c, co);
      c01.intoArray(c, co + L);
      c10.intoArray(c, co + ldc);
      c11.intoArray(c, co + ldc + L);
      c20.intoArray(c, co + 2 * ldc);
      c21.intoArray(c, co + 2 * ldc + L);
      c30.intoArray(c, co + 3 * ldc);
      c31.intoArray(c, co + 3 * ldc + L);
    }
  }

  /**
   * {@code c += a^T b} with a [inner, rows], rows {@link #KEYS} apart, and the rest as in {@link
   * #multiply}.
   */
  static void addTransposed(
      float[] a, float[] b, int ldb, float[] c, int ldc, int rows, int cols, int inner) {
    for (int j = 0; j < cols; j += PANEL) {
      for (int i = 0; i < rows; i += QUAD) {
        blockTransposed(a, i, b, j, ldb, c, i * ldc + j, ldc, inner);
      }
    }
  }

  private static void blockTransposed(
      float[] a, int ao, float[] b, int bo, int ldb, float[] c, int co, int ldc, int inner) {
    FloatVector c00 = FloatVector.zero(F);
    FloatVector c01 = c00;
    FloatVector c10 = c00;
    FloatVector c11 = c00;
    FloatVector c20 = c00;
    FloatVector c21 = c00;
    FloatVector c30 = c00;
    FloatVector c31 = c00;
    for (int k = 0; k < inner; k++) {
      FloatVector b0 = FloatVector.fromArray(F, b, bo + k * ldb);
      FloatVector b1 = FloatVector.fromArray(F, b, bo + k * ldb + L);
      int at = ao + k * KEYS;
      FloatVector x = FloatVector.broadcast(F, a[at]);
      c00 = x.fma(b0, c00);
      c01 = x.fma(b1, c01);
      x = FloatVector.broadcast(F, a[at + 1]);
      c10 = x.fma(b0, c10);
      c11 = x.fma(b1, c11);
      x = FloatVector.broadcast(F, a[at + 2]);
      c20 = x.fma(b0, c20);
      c21 = x.fma(b1, c21);
      x = FloatVector.broadcast(F, a[at + 3]);
      c30 = x.fma(b0, c30);
      c31 = x.fma(b1, c31);
    }
    FloatVector.fromArray(F, c, co).add(c00).intoArray(c, co);
    FloatVector.fromArray(F, c, co + L).add(c01).intoArray(c, co + L);
    FloatVector.fromArray(F, c, co + ldc).add(c10).intoArray(c, co + ldc);
    FloatVector.fromArray(F, c, co + ldc + L).add(c11).intoArray(c, co + ldc + L);
    FloatVector.fromArray(F, c, co + 2 * ldc).add(c20).intoArray(c, co + 2 * ldc);
    FloatVector.fromArray(F, c, co + 2 * ldc + L).add(c21).intoArray(c, co + 2 * ldc + L);
    FloatVector.fromArray(F, c, co + 3 * ldc).add(c30).intoArray(c, co + 3 * ldc);
    FloatVector.fromArray(F, c, co + 3 * ldc + L).add(c31).intoArray(c, co + 3 * ldc + L);
  }
}
