package io.tritter.adapter;

import io.tritter.kernel.Workers;
import io.tritter.tensor.Tensor;

/** Products of the columns of a matrix with a number each. */
final class Columns {
  /** Rows of a task. */
  private static final int TILE = 64;

  private Columns() {}

  /** {@code out[r, c] = x[r, c] * scale[c]}; {@code out} may be {@code x}. */
  static void scale(Tensor x, Tensor scale, Tensor out) {
    int rows = x.dim(0);
    int cols = x.dim(1);
    Workers.run(
        Math.ceilDiv(rows, TILE),
        tile -> {
          int last = Math.min(rows, (tile + 1) * TILE);
          for (int r = tile * TILE; r < last; r++) {
            long row = (long) r * cols;
            for (int c = 0; c < cols; c++) {
              out.set(row + c, x.get(row + c) * scale.get(c));
            }
          }
        });
  }

  /** {@code out[r, c] += factor * x[r, c] * scale[c]}. */
  static void addScaled(Tensor x, Tensor scale, float factor, Tensor out) {
    int rows = x.dim(0);
    int cols = x.dim(1);
    Workers.run(
        Math.ceilDiv(rows, TILE),
        tile -> {
          int last = Math.min(rows, (tile + 1) * TILE);
          for (int r = tile * TILE; r < last; r++) {
            long row = (long) r * cols;
            for (int c = 0; c < cols; c++) {
              out.set(row + c, out.get(row + c) + factor * x.get(row + c) * scale.get(c));
            }
          }
        });
  }

  /** {@code out[r, :] += factor * row} for each row. */
  static void addRow(Tensor row, float factor, Tensor out) {
    for (int r = 0; r < out.dim(0); r++) {
      out.rows(r, r + 1).axpby(factor, row, 1f);
    }
  }

  /** {@code out[c] += factor * sum_r x[r, c] * y[r, c]}. */
  static void addDots(Tensor x, Tensor y, float factor, Tensor out) {
    int cols = x.dim(1);
    double[] sums = new double[cols];
    for (int r = 0; r < x.dim(0); r++) {
      long row = (long) r * cols;
      for (int c = 0; c < cols; c++) {
        sums[c] += x.get(row + c) * y.get(row + c);
      }
    }
    for (int c = 0; c < cols; c++) {
      out.set(c, (float) (out.get(c) + factor * sums[c]));
    }
  }
}
