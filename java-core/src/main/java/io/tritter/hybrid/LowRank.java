package io.tritter.hybrid;

import io.tritter.kernel.Kernels;
import io.tritter.tensor.Tensor;

/**
 * {@code x = u (x^T u)^T} with r orthonormal columns u: one round of subspace iteration from fixed
 * signs (Halko et al., 2011, algorithm 4.4), so that the same x gives the same bits.
 */
final class LowRank {
  private LowRank() {}

  /** Writes the approximation of a matrix over its argument; others stay as they are. */
  static void approximate(Tensor x, int rank) {
    if (x.rank() != 2 || rank >= Math.min(x.dim(0), x.dim(1))) {
      return;
    }
    int rows = x.dim(0);
    int cols = x.dim(1);
    Tensor right = signs(cols, rank);
    Tensor left = Tensor.zeros(rows, rank);
    for (int round = 0; round < 2; round++) {
      product(x, false, right, left, rows, rank, cols);
      orthonormalize(left);
      product(x, true, left, right, cols, rank, rows);
    }
    Kernels.active()
        .matmul(left.data(), false, right.data(), true, x.data(), rows, cols, rank, false);
  }

  private static void product(
      Tensor a, boolean transposed, Tensor b, Tensor out, int rows, int cols, int inner) {
    Kernels.active()
        .matmul(a.data(), transposed, b.data(), false, out.data(), rows, cols, inner, false);
  }

  /** Columns of +1 and -1 that differ from each other. */
  private static Tensor signs(int rows, int rank) {
    float[] values = new float[rows * rank];
    for (int i = 0; i < values.length; i++) {
      values[i] = Long.bitCount(0x9E3779B97F4A7C15L * (i + 1)) % 2 == 0 ? 1 : -1;
    }
    return Tensor.of(values, rows, rank);
  }

  /** Gram-Schmidt over columns; one that is no more than rounding becomes zero. */
  private static void orthonormalize(Tensor x) {
    int rows = x.dim(0);
    int cols = x.dim(1);
    float[] values = x.toArray();
    for (int c = 0; c < cols; c++) {
      double before = norm(values, rows, cols, c);
      for (int other = 0; other < c; other++) {
        double along = 0;
        for (int r = 0; r < rows; r++) {
          along += (double) values[r * cols + c] * values[r * cols + other];
        }
        for (int r = 0; r < rows; r++) {
          values[r * cols + c] -= (float) (along * values[r * cols + other]);
        }
      }
      double norm = norm(values, rows, cols, c);
      double factor = norm > 1e-6 * before ? 1 / norm : 0;
      for (int r = 0; r < rows; r++) {
        values[r * cols + c] *= (float) factor;
      }
    }
    x.copyFrom(Tensor.of(values, rows, cols));
  }

  private static double norm(float[] values, int rows, int cols, int column) {
    double sum = 0;
    for (int r = 0; r < rows; r++) {
      sum += (double) values[r * cols + column] * values[r * cols + column];
    }
    return Math.sqrt(sum);
  }
}
