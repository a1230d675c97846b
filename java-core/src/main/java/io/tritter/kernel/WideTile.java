package io.tritter.kernel;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Product of 12 rows of A and one panel of B, {@code out = a b}, for machines with 32 vector
 * registers: 24 sums, the two vectors of B and one element of A stay in them.
 *
 * <p>The panel is [inner, {@link #COLS}]; {@code out} is [{@link #ROWS}, {@link #COLS}]. Each call
 * on vectors must be one that C2 always inlines, so none is moved into a method of ours: past some
 * 80 calls C2 inlines nothing else, and a vector that crosses a call is an object.
 */
final class WideTile {
  private static final VectorSpecies<Float> F = FloatVector.SPECIES_PREFERRED;
  private static final int L = F.length();

  /** Rows of A and of the result. */
  static final int ROWS = 12;

  /** Columns of B and of the result. */
  static final int COLS = 2 * L;

  private WideTile() {}

  /** The product where the rows of A lie {@link Matmul#KC} apart. */
  static void rows(float[] a, int aAt, float[] b, int bAt, int inner, float[] out) {
    FloatVector s00 = FloatVector.zero(F);
    FloatVector s01 = s00;
    FloatVector s10 = s00;
    FloatVector s11 = s00;
    FloatVector s20 = s00;
    FloatVector s21 = s00;
    FloatVector s30 = s00;
    FloatVector s31 = s00;
    FloatVector s40 = s00;
    FloatVector s41 = s00;
    FloatVector s50 = s00;
    FloatVector s51 = s00;
    FloatVector s60 = s00;
    FloatVector s61 = s00;
    FloatVector s70 = s00;
    FloatVector s71 = s00;
    FloatVector s80 = s00;
    FloatVector s81 = s00;
    FloatVector s90 = s00;
    FloatVector s91 = s00;
    FloatVector sa0 = s00;
    FloatVector sa1 = s00;
    FloatVector sb0 = s00;
    FloatVector sb1 = s00;
    for (int k = 0; k < inner; k++) {
      FloatVector b0 = FloatVector.fromArray(F, b, bAt + k * COLS);
      FloatVector b1 = FloatVector.fromArray(F, b, bAt + k * COLS + L);
      FloatVector x = FloatVector.broadcast(F, a[aAt + k]);
      s00 = x.fma(b0, s00);
      s01 = x.fma(b1, s01);
      x = FloatVector.broadcast(F, a[aAt + Matmul.KC + k]);
      s10 = x.fma(b0, s10);
      s11 = x.fma(b1, s11);
      x = FloatVector.broadcast(F, a[aAt + 2 * Matmul.KC + k]);
      s20 = x.fma(b0, s20);
      s21 = x.fma(b1, s21);
      x = FloatVector.broadcast(F, a[aAt + 3 * Matmul.KC + k]);
      s30 = x.fma(b0, s30);
      s31 = x.fma(b1, s31);
      x = FloatVector.broadcast(F, a[aAt + 4 * Matmul.KC + k]);
      s40 = x.fma(b0, s40);
      s41 = x.fma(b1, s41);
      x = FloatVector.broadcast(F, a[aAt + 5 * Matmul.KC + k]);
      s50 = x.fma(b0, s50);
      s51 = x.fma(b1, s51);
      x = FloatVector.broadcast(F, a[aAt + 6 * Matmul.KC + k]);
      s60 = x.fma(b0, s60);
      s61 = x.fma(b1, s61);
      x = FloatVector.broadcast(F, a[aAt + 7 * Matmul.KC + k]);
      s70 = x.fma(b0, s70);
      s71 = x.fma(b1, s71);
      x = FloatVector.broadcast(F, a[aAt + 8 * Matmul.KC + k]);
      s80 = x.fma(b0, s80);
      s81 = x.fma(b1, s81);
      x = FloatVector.broadcast(F, a[aAt + 9 * Matmul.KC + k]);
      s90 = x.fma(b0, s90);
      s91 = x.fma(b1, s91);
      x = FloatVector.broadcast(F, a[aAt + 10 * Matmul.KC + k]);
      sa0 = x.fma(b0, sa0);
      sa1 = x.fma(b1, sa1);
      x = FloatVector.broadcast(F, a[aAt + 11 * Matmul.KC + k]);
      sb0 = x.fma(b0, sb0);
      sb1 = x.fma(b1, sb1);
    }
    s00.intoArray(out, 0);
    s01.intoArray(out, L);
    s10.intoArray(out, COLS);
    s11.intoArray(out, COLS + L);
    s20.intoArray(out, 2 * COLS);
    s21.intoArray(out, 2 * COLS + L);
    s30.intoArray(out, 3 * COLS);
    s31.intoArray(out, 3 * COLS + L);
    s40.intoArray(out, 4 * COLS);
    s41.intoArray(out, 4 * COLS + L);
    s50.intoArray(out, 5 * COLS);
    s51.intoArray(out, 5 * COLS + L);
    s60.intoArray(out, 6 * COLS);
    s61.intoArray(out, 6 * COLS + L);
    s70.intoArray(out, 7 * COLS);
    s71.intoArray(out, 7 * COLS + L);
    s80.intoArray(out, 8 * COLS);
    s81.intoArray(out, 8 * COLS + L);
    s90.intoArray(out, 9 * COLS);
    s91.intoArray(out, 9 * COLS + L);
    sa0.intoArray(out, 10 * COLS);
    sa1.intoArray(out, 10 * COLS + L);
    sb0.intoArray(out, 11 * COLS);
    sb1.intoArray(out, 11 * COLS + L);
  }

  /** The product where the columns of A lie {@link #ROWS} apart. */
  static void columns(float[] a, int aAt, float[] b, int bAt, int inner, float[] out) {
    FloatVector s00 = FloatVector.zero(F);
    FloatVector s01 = s00;
    FloatVector s10 = s00;
    FloatVector s11 = s00;
    FloatVector s20 = s00;
    FloatVector s21 = s00;
    FloatVector s30 = s00;
    FloatVector s31 = s00;
    FloatVector s40 = s00;
    FloatVector s41 = s00;
    FloatVector s50 = s00;
    FloatVector s51 = s00;
    FloatVector s60 = s00;
    FloatVector s61 = s00;
    FloatVector s70 = s00;
    FloatVector s71 = s00;
    FloatVector s80 = s00;
    FloatVector s81 = s00;
    FloatVector s90 = s00;
    FloatVector s91 = s00;
    FloatVector sa0 = s00;
    FloatVector sa1 = s00;
    FloatVector sb0 = s00;
    FloatVector sb1 = s00;
    for (int k = 0; k < inner; k++) {
      FloatVector b0 = FloatVector.fromArray(F, b, bAt + k * COLS);
      FloatVector b1 = FloatVector.fromArray(F, b, bAt + k * COLS + L);
      FloatVector x = FloatVector.broadcast(F, a[aAt + k * ROWS]);
      s00 = x.fma(b0, s00);
      s01 = x.fma(b1, s01);
      x = FloatVector.broadcast(F, a[aAt + k * ROWS + 1]);
      s10 = x.fma(b0, s10);
      s11 = x.fma(b1, s11);
      x = FloatVector.broadcast(F, a[aAt + k * ROWS + 2]);
      s20 = x.fma(b0, s20);
      s21 = x.fma(b1, s21);
      x = FloatVector.broadcast(F, a[aAt + k * ROWS + 3]);
      s30 = x.fma(b0, s30);
      s31 = x.fma(b1, s31);
      x = FloatVector.broadcast(F, a[aAt + k * ROWS + 4]);
      s40 = x.fma(b0, s40);
      s41 = x.fma(b1, s41);
      x = FloatVector.broadcast(F, a[aAt + k * ROWS + 5]);
      s50 = x.fma(b0, s50);
      s51 = x.fma(b1, s51);
      x = FloatVector.broadcast(F, a[aAt + k * ROWS + 6]);
      s60 = x.fma(b0, s60);
      s61 = x.fma(b1, s61);
      x = FloatVector.broadcast(F, a[aAt + k * ROWS + 7]);
      s70 = x.fma(b0, s70);
      s71 = x.fma(b1, s71);
      x = FloatVector.broadcast(F, a[aAt + k * ROWS + 8]);
      s80 = x.fma(b0, s80);
      s81 = x.fma(b1, s81);
      x = FloatVector.broadcast(F, a[aAt + k * ROWS + 9]);
      s90 = x.fma(b0, s90);
      s91 = x.fma(b1, s91);
      x = FloatVector.broadcast(F, a[aAt + k * ROWS + 10]);
      sa0 = x.fma(b0, sa0);
      sa1 = x.fma(b1, sa1);
      x = FloatVector.broadcast(F, a[aAt + k * ROWS + 11]);
      sb0 = x.fma(b0, sb0);
      sb1 = x.fma(b1, sb1);
    }
    s00.intoArray(out, 0);
    s01.intoArray(out, L);
    s10.intoArray(out, COLS);
    s11.intoArray(out, COLS + L);
    s20.intoArray(out, 2 * COLS);
    s21.intoArray(out, 2 * COLS + L);
    s30.intoArray(out, 3 * COLS);
    s31.intoArray(out, 3 * COLS + L);
    s40.intoArray(out, 4 * COLS);
    s41.intoArray(out, 4 * COLS + L);
    s50.intoArray(out, 5 * COLS);
    s51.intoArray(out, 5 * COLS + L);
    s60.intoArray(out, 6 * COLS);
    s61.intoArray(out, 6 * COLS + L);
    s70.intoArray(out, 7 * COLS);
    s71.intoArray(out, 7 * COLS + L);
    s80.intoArray(out, 8 * COLS);
    s81.intoArray(out, 8 * COLS + L);
    s90.intoArray(out, 9 * COLS);
    s91.intoArray(out, 9 * COLS + L);
    sa0.intoArray(out, 10 * COLS);
    sa1.intoArray(out, 10 * COLS + L);
    sb0.intoArray(out, 11 * COLS);
    sb1.intoArray(out, 11 * COLS + L);
  }
}
