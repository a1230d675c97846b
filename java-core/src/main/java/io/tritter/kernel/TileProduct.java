package io.tritter.kernel;

import static io.tritter.kernel.Tile.PANEL;
import static io.tritter.kernel.Tile.SIDE;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * {@code c = s + a b} and {@code c = s + a^T b} for parts of tiles ({@link Tile}), {@code s} being
 * a tile, {@code c} itself among them, or one row that starts each row of c.
 *
 * <p>A block of {@link #BLOCK} rows by two vectors is computed at a time. 512-bit vectors come with
 * 32 registers, enough for 8 rows; narrower ones may have 16. All strides are constants: C2 then
 * reaches each element of a from one index, which makes a third of the speed.
 *
 * <p>The four methods that do this are longer than the 325 bytecodes that C2 inlines, and must stay
 * so: within their callers' compilation they lose their registers, and two thirds of their speed.
 */
final class TileProduct {
  private static final VectorSpecies<Float> F = FloatVector.SPECIES_PREFERRED;
  private static final int L = F.length();
  private static final boolean WIDE = L >= 16;

  /** Rows computed at a time. */
  static final int BLOCK = WIDE ? 8 : 4;

  private TileProduct() {}

  /**
   * {@code c = s + a b}. All but {@code s} have rows of {@link Tile#SIDE}, and start at the offset
   * behind them.
   *
   * @param a [rows, inner]
   * @param b [inner, cols]
   * @param s [rows, cols], rows {@code lds} apart: {@link Tile#SIDE}, or 0 for the same in all rows
   * @param c [rows, cols]; both are rounded up to {@link #BLOCK} and {@link Tile#PANEL}
   */
  static void multiply(
      float[] a,
      int ao,
      float[] b,
      int bo,
      float[] s,
      int so,
      int lds,
      float[] c,
      int co,
      int rows,
      int cols,
      int inner) {
    for (int j = 0; j < cols; j += PANEL) {
      for (int i = 0; i < rows; i += BLOCK) {
        int start = so + i * lds + j;
        int to = co + i * SIDE + j;
        if (WIDE) {
          eightRows(a, ao + i * SIDE, b, bo + j, s, start, lds, c, to, inner);
        } else {
          fourRows(a, ao + i * SIDE, b, bo + j, s, start, lds, c, to, inner);
        }
      }
    }
  }

  /** {@code c = s + a^T b} with a [inner, rows], the rest as in {@link #multiply}. */
  static void multiplyTransposed(
      float[] a,
      int ao,
      float[] b,
      int bo,
      float[] s,
      int so,
      int lds,
      float[] c,
      int co,
      int rows,
      int cols,
      int inner) {
    for (int j = 0; j < cols; j += PANEL) {
      for (int i = 0; i < rows; i += BLOCK) {
        int start = so + i * lds + j;
        int to = co + i * SIDE + j;
        if (WIDE) {
          eightColumns(a, ao + i, b, bo + j, s, start, lds, c, to, inner);
        } else {
          fourColumns(a, ao + i, b, bo + j, s, start, lds, c, to, inner);
        }
      }
    }
  }

  private static FloatVector get(float[] x, int at) {
    return FloatVector.fromArray(F, x, at);
  }

  private static void eightRows(
      float[] a,
      int ao,
      float[] b,
      int bo,
      float[] s,
      int so,
      int lds,
      float[] c,
      int co,
      int inner) {
    FloatVector c00 = get(s, so);
    FloatVector c01 = get(s, so + L);
    FloatVector c10 = get(s, so + lds);
    FloatVector c11 = get(s, so + lds + L);
    FloatVector c20 = get(s, so + 2 * lds);
    FloatVector c21 = get(s, so + 2 * lds + L);
    FloatVector c30 = get(s, so + 3 * lds);
    FloatVector c31 = get(s, so + 3 * lds + L);
    FloatVector c40 = get(s, so + 4 * lds);
    FloatVector c41 = get(s, so + 4 * lds + L);
    FloatVector c50 = get(s, so + 5 * lds);
    FloatVector c51 = get(s, so + 5 * lds + L);
    FloatVector c60 = get(s, so + 6 * lds);
    FloatVector c61 = get(s, so + 6 * lds + L);
    FloatVector c70 = get(s, so + 7 * lds);
    FloatVector c71 = get(s, so + 7 * lds + L);
    for (int k = 0; k < inner; k++) {
      FloatVector b0 = get(b, bo + k * SIDE);
      FloatVector b1 = get(b, bo + k * SIDE + L);
      FloatVector x = FloatVector.broadcast(F, a[ao + k]);
      c00 = x.fma(b0, c00);
      c01 = x.fma(b1, c01);
      x = FloatVector.broadcast(F, a[ao + k + SIDE]);
      c10 = x.fma(b0, c10);
      c11 = x.fma(b1, c11);
      x = FloatVector.broadcast(F, a[ao + k + 2 * SIDE]);
      c20 = x.fma(b0, c20);
      c21 = x.fma(b1, c21);
      x = FloatVector.broadcast(F, a[ao + k + 3 * SIDE]);
      c30 = x.fma(b0, c30);
      c31 = x.fma(b1, c31);
      x = FloatVector.broadcast(F, a[ao + k + 4 * SIDE]);
      c40 = x.fma(b0, c40);
      c41 = x.fma(b1, c41);
      x = FloatVector.broadcast(F, a[ao + k + 5 * SIDE]);
      c50 = x.fma(b0, c50);
      c51 = x.fma(b1, c51);
      x = FloatVector.broadcast(F, a[ao + k + 6 * SIDE]);
      c60 = x.fma(b0, c60);
      c61 = x.fma(b1, c61);
      x = FloatVector.broadcast(F, a[ao + k + 7 * SIDE]);
      c70 = x.fma(b0, c70);
      c71 = x.fma(b1, c71);
    }
    c00.intoArray(c, co);
    c01.intoArray(c, co + L);
    c10.intoArray(c, co + SIDE);
    c11.intoArray(c, co + SIDE + L);
    c20.intoArray(c, co + 2 * SIDE);
    c21.intoArray(c, co + 2 * SIDE + L);
    c30.intoArray(c, co + 3 * SIDE);
    c31.intoArray(c, co + 3 * SIDE + L);
    c40.intoArray(c, co + 4 * SIDE);
    c41.intoArray(c, co + 4 * SIDE + L);
    c50.intoArray(c, co + 5 * SIDE);
    c51.intoArray(c, co + 5 * SIDE + L);
    c60.intoArray(c, co + 6 * SIDE);
    c61.intoArray(c, co + 6 * SIDE + L);
    c70.intoArray(c, co + 7 * SIDE);
    c71.intoArray(c, co + 7 * SIDE + L);
  }

  private static void eightColumns(
      float[] a,
      int ao,
      float[] b,
      int bo,
      float[] s,
      int so,
      int lds,
      float[] c,
      int co,
      int inner) {
    FloatVector c00 = get(s, so);
    FloatVector c01 = get(s, so + L);
    FloatVector c10 = get(s, so + lds);
    FloatVector c11 = get(s, so + lds + L);
    FloatVector c20 = get(s, so + 2 * lds);
    FloatVector c21 = get(s, so + 2 * lds + L);
    FloatVector c30 = get(s, so + 3 * lds);
    FloatVector c31 = get(s, so + 3 * lds + L);
    FloatVector c40 = get(s, so + 4 * lds);
    FloatVector c41 = get(s, so + 4 * lds + L);
    FloatVector c50 = get(s, so + 5 * lds);
    FloatVector c51 = get(s, so + 5 * lds + L);
    FloatVector c60 = get(s, so + 6 * lds);
    FloatVector c61 = get(s, so + 6 * lds + L);
    FloatVector c70 = get(s, so + 7 * lds);
    FloatVector c71 = get(s, so + 7 * lds + L);
    for (int k = 0; k < inner; k++) {
      FloatVector b0 = get(b, bo + k * SIDE);
      FloatVector b1 = get(b, bo + k * SIDE + L);
      FloatVector x = FloatVector.broadcast(F, a[ao + k * SIDE]);
      c00 = x.fma(b0, c00);
      c01 = x.fma(b1, c01);
      x = FloatVector.broadcast(F, a[ao + k * SIDE + 1]);
      c10 = x.fma(b0, c10);
      c11 = x.fma(b1, c11);
      x = FloatVector.broadcast(F, a[ao + k * SIDE + 2]);
      c20 = x.fma(b0, c20);
      c21 = x.fma(b1, c21);
      x = FloatVector.broadcast(F, a[ao + k * SIDE + 3]);
      c30 = x.fma(b0, c30);
      c31 = x.fma(b1, c31);
      x = FloatVector.broadcast(F, a[ao + k * SIDE + 4]);
      c40 = x.fma(b0, c40);
      c41 = x.fma(b1, c41);
      x = FloatVector.broadcast(F, a[ao + k * SIDE + 5]);
      c50 = x.fma(b0, c50);
      c51 = x.fma(b1, c51);
      x = FloatVector.broadcast(F, a[ao + k * SIDE + 6]);
      c60 = x.fma(b0, c60);
      c61 = x.fma(b1, c61);
      x = FloatVector.broadcast(F, a[ao + k * SIDE + 7]);
      c70 = x.fma(b0, c70);
      c71 = x.fma(b1, c71);
    }
    c00.intoArray(c, co);
    c01.intoArray(c, co + L);
    c10.intoArray(c, co + SIDE);
    c11.intoArray(c, co + SIDE + L);
    c20.intoArray(c, co + 2 * SIDE);
    c21.intoArray(c, co + 2 * SIDE + L);
    c30.intoArray(c, co + 3 * SIDE);
    c31.intoArray(c, co + 3 * SIDE + L);
    c40.intoArray(c, co + 4 * SIDE);
    c41.intoArray(c, co + 4 * SIDE + L);
    c50.intoArray(c, co + 5 * SIDE);
    c51.intoArray(c, co + 5 * SIDE + L);
    c60.intoArray(c, co + 6 * SIDE);
    c61.intoArray(c, co + 6 * SIDE + L);
    c70.intoArray(c, co + 7 * SIDE);
    c71.intoArray(c, co + 7 * SIDE + L);
  }

  private static void fourRows(
      float[] a,
      int ao,
      float[] b,
      int bo,
      float[] s,
      int so,
      int lds,
      float[] c,
      int co,
      int inner) {
    FloatVector c00 = get(s, so);
    FloatVector c01 = get(s, so + L);
    FloatVector c10 = get(s, so + lds);
    FloatVector c11 = get(s, so + lds + L);
    FloatVector c20 = get(s, so + 2 * lds);
    FloatVector c21 = get(s, so + 2 * lds + L);
    FloatVector c30 = get(s, so + 3 * lds);
    FloatVector c31 = get(s, so + 3 * lds + L);
    for (int k = 0; k < inner; k++) {
      FloatVector b0 = get(b, bo + k * SIDE);
      FloatVector b1 = get(b, bo + k * SIDE + L);
      FloatVector x = FloatVector.broadcast(F, a[ao + k]);
      c00 = x.fma(b0, c00);
      c01 = x.fma(b1, c01);
      x = FloatVector.broadcast(F, a[ao + k + SIDE]);
      c10 = x.fma(b0, c10);
      c11 = x.fma(b1, c11);
      x = FloatVector.broadcast(F, a[ao + k + 2 * SIDE]);
      c20 = x.fma(b0, c20);
      c21 = x.fma(b1, c21);
      x = FloatVector.broadcast(F, a[ao + k + 3 * SIDE]);
      c30 = x.fma(b0, c30);
      c31 = x.fma(b1, c31);
    }
    c00.intoArray(c, co);
    c01.intoArray(c, co + L);
    c10.intoArray(c, co + SIDE);
    c11.intoArray(c, co + SIDE + L);
    c20.intoArray(c, co + 2 * SIDE);
    c21.intoArray(c, co + 2 * SIDE + L);
    c30.intoArray(c, co + 3 * SIDE);
    c31.intoArray(c, co + 3 * SIDE + L);
  }

  private static void fourColumns(
      float[] a,
      int ao,
      float[] b,
      int bo,
      float[] s,
      int so,
      int lds,
      float[] c,
      int co,
      int inner) {
    FloatVector c00 = get(s, so);
    FloatVector c01 = get(s, so + L);
    FloatVector c10 = get(s, so + lds);
    FloatVector c11 = get(s, so + lds + L);
    FloatVector c20 = get(s, so + 2 * lds);
    FloatVector c21 = get(s, so + 2 * lds + L);
    FloatVector c30 = get(s, so + 3 * lds);
    FloatVector c31 = get(s, so + 3 * lds + L);
    for (int k = 0; k < inner; k++) {
      FloatVector b0 = get(b, bo + k * SIDE);
      FloatVector b1 = get(b, bo + k * SIDE + L);
      FloatVector x = FloatVector.broadcast(F, a[ao + k * SIDE]);
      c00 = x.fma(b0, c00);
      c01 = x.fma(b1, c01);
      x = FloatVector.broadcast(F, a[ao + k * SIDE + 1]);
      c10 = x.fma(b0, c10);
      c11 = x.fma(b1, c11);
      x = FloatVector.broadcast(F, a[ao + k * SIDE + 2]);
      c20 = x.fma(b0, c20);
      c21 = x.fma(b1, c21);
      x = FloatVector.broadcast(F, a[ao + k * SIDE + 3]);
      c30 = x.fma(b0, c30);
      c31 = x.fma(b1, c31);
    }
    c00.intoArray(c, co);
    c01.intoArray(c, co + L);
    c10.intoArray(c, co + SIDE);
    c11.intoArray(c, co + SIDE + L);
    c20.intoArray(c, co + 2 * SIDE);
    c21.intoArray(c, co + 2 * SIDE + L);
    c30.intoArray(c, co + 3 * SIDE);
    c31.intoArray(c, co + 3 * SIDE + L);
  }
}
