package io.tritter.adapter;

/**
 * {@code (I - Q) (I + Q)^-1}, orthogonal for a skew-symmetric {@code Q}, or the first terms of a
 * series for it with the other sign: {@code I + 2 Q + 2 Q^2 + ... + Q^last}, as PEFT has both.
 *
 * @param terms of the series; 0 for the exact form
 */
record Cayley(int terms) {
  static final Cayley EXACT = new Cayley(0);

  double[][] of(double[][] q) {
    int n = q.length;
    double[][] r;
    if (terms == 0) {
      r = scaled(2, inverseOfOnePlus(q));
      for (int i = 0; i < n; i++) {
        r[i][i] -= 1;
      }
      return r;
    }
    r = identity(n);
    double[][] power = identity(n);
    for (int i = 1; i <= last(); i++) {
      power = times(power, q);
      add(coefficient(i), power, r);
    }
    return r;
  }

  /** The gradient of {@code Q} from that of the result; all elements of {@code Q} are free. */
  double[][] backward(double[][] q, double[][] gradient) {
    double[][] qt = transposed(q);
    if (terms == 0) {
      double[][] inverse = transposed(inverseOfOnePlus(q));
      return scaled(-2, times(times(inverse, gradient), inverse));
    }
    double[][] sum = new double[q.length][q.length];
    double[][] inner = gradient;
    double[][] right = gradient;
    for (int i = 1; i <= last(); i++) {
      add(coefficient(i), inner, sum);
      right = times(right, qt);
      inner = times(qt, inner);
      add(1, right, inner);
    }
    return sum;
  }

  private int last() {
    return terms <= 2 ? terms - 1 : Math.max(3, terms - 1);
  }

  private double coefficient(int power) {
    return terms > 2 && power == last() ? 1 : 2;
  }

  /** By Gauss and Jordan without a choice of pivots: the symmetric part is the identity. */
  private static double[][] inverseOfOnePlus(double[][] q) {
    int n = q.length;
    double[][] a = scaled(1, q);
    double[][] inverse = identity(n);
    add(1, inverse, a);
    for (int i = 0; i < n; i++) {
      double pivot = 1 / a[i][i];
      for (int j = 0; j < n; j++) {
        a[i][j] *= pivot;
        inverse[i][j] *= pivot;
      }
      for (int k = 0; k < n; k++) {
        double factor = a[k][i];
        for (int j = 0; k != i && j < n; j++) {
          a[k][j] -= factor * a[i][j];
          inverse[k][j] -= factor * inverse[i][j];
        }
      }
    }
    return inverse;
  }

  private static double[][] identity(int n) {
    double[][] one = new double[n][n];
    for (int i = 0; i < n; i++) {
      one[i][i] = 1;
    }
    return one;
  }

  private static double[][] transposed(double[][] a) {
    double[][] t = new double[a.length][a.length];
    for (int i = 0; i < a.length; i++) {
      for (int j = 0; j < a.length; j++) {
        t[j][i] = a[i][j];
      }
    }
    return t;
  }

  private static double[][] times(double[][] a, double[][] b) {
    int n = a.length;
    double[][] c = new double[n][n];
    for (int i = 0; i < n; i++) {
      for (int k = 0; k < n; k++) {
        for (int j = 0; j < n; j++) {
          c[i][j] += a[i][k] * b[k][j];
        }
      }
    }
    return c;
  }

  private static double[][] scaled(double factor, double[][] a) {
    double[][] out = new double[a.length][a.length];
    add(factor, a, out);
    return out;
  }

  private static void add(double factor, double[][] a, double[][] out) {
    for (int i = 0; i < a.length; i++) {
      for (int j = 0; j < a.length; j++) {
        out[i][j] += factor * a[i][j];
      }
    }
  }
}
