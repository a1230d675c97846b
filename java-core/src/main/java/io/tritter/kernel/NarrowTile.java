package io.tritter.kernel;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * {@link WideTile} for machines with 16 vector registers: 4 rows, 8 sums, the most that C2 keeps in
 * registers beside the operands.
 */
final class NarrowTile {
  private static final VectorSpecies<Float> F = FloatVector.SPECIES_PREFERRED;
  private static final int L = F.length();

  /** Rows of A and of the result. */
  static final int ROWS = 4;

  /** Columns of B and of the result. */
  static final int COLS = 2 * L;

  private NarrowTile() {}

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
    }
    s00.intoArray(out, 0);
    s01.intoArray(out, L);
    s10.intoArray(out, COLS);
    s11.intoArray(out, COLS + L);
    s20.intoArray(out, 2 * COLS);
    s21.intoArray(out, 2 * COLS + L);
    s30.intoArray(out, 3 * COLS);
    s31.intoArray(out, 3 * COLS + L);
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
    }
    s00.intoArray(out, 0);
    s01.intoArray(out, L);
    s10.intoArray(out, COLS);
    s11.intoArray(out, COLS + L);
    s20.intoArray(out, 2 * COLS);
    s21.intoArray(out, 2 * COLS + L);
    s30.intoArray(out, 3 * COLS);
    s31.intoArray(out, 3 * COLS + L);
  }
}
