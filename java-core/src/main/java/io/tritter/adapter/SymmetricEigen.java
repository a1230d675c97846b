package io.tritter.adapter;

import java.util.Arrays;
import java.util.Comparator;

/** Eigenvectors of a small symmetric matrix by Jacobi rotations. */
final class SymmetricEigen {
  private static final int MOST_SWEEPS = 60;

  private SymmetricEigen() {}

  /**
   * The eigenvectors as rows, that of the largest eigenvalue first.
   *
   * @param a symmetric, used up: its diagonal becomes the eigenvalues in the same order
   */
  static double[][] vectors(double[][] a) {
    int n = a.length;
    double[][] v = new double[n][n];
    for (int i = 0; i < n; i++) {
      v[i][i] = 1;
    }
    for (int sweep = 0; sweep < MOST_SWEEPS && offDiagonal(a) > 0; sweep++) {
      for (int p = 0; p < n; p++) {
        for (int q = p + 1; q < n; q++) {
          rotate(a, v, p, q);
        }
      }
    }
    Integer[] order = new Integer[n];
    Arrays.setAll(order, i -> i);
    double[] values = new double[n];
    Arrays.setAll(values, i -> a[i][i]);
    Arrays.sort(order, Comparator.comparingDouble(i -> -values[i]));
    double[][] sorted = new double[n][];
    for (int i = 0; i < n; i++) {
      sorted[i] = v[order[i]];
      a[i][i] = values[order[i]];
    }
    return sorted;
  }

  /** The largest square beside the diagonal; 0 where it is lost in rounding. */
  private static double offDiagonal(double[][] a) {
    double largest = 0;
    double scale = 0;
    for (int i = 0; i < a.length; i++) {
      scale = Math.max(scale, a[i][i] * a[i][i]);
      for (int j = 0; j < i; j++) {
        largest = Math.max(largest, a[i][j] * a[i][j]);
      }
    }
    return largest <= 1e-34 * scale ? 0 : largest;
  }

  private static void rotate(double[][] a, double[][] v, int p, int q) {
    if (a[p][q] == 0) {
      return;
    }
    double theta = (a[q][q] - a[p][p]) / (2 * a[p][q]);
    double t = Math.copySign(1, theta) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
    double c = 1 / Math.sqrt(t * t + 1);
    double s = t * c;
    for (int k = 0; k < a.length; k++) {
      double kp = a[k][p];
      double kq = a[k][q];
      a[k][p] = c * kp - s * kq;
      a[k][q] = s * kp + c * kq;
    }
    for (int k = 0; k < a.length; k++) {
      double pk = a[p][k];
      double qk = a[q][k];
      a[p][k] = c * pk - s * qk;
      a[q][k] = s * pk + c * qk;
      double vp = v[p][k];
      double vq = v[q][k];
      v[p][k] = c * vp - s * vq;
      v[q][k] = s * vp + c * vq;
    }
  }
}
