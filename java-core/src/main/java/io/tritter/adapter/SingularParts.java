package io.tritter.adapter;

import io.tritter.kernel.Workers;
import io.tritter.tensor.Tensor;
import java.util.random.RandomGenerator;

/**
 * The largest singular values of a matrix and their vectors, by subspace iteration on the smaller
 * Gram matrix in float64 (Halko et al., 2011), until the subspace stands still.
 */
final class SingularParts {
  /** Further vectors that are iterated, for speed. */
  private static final int OVERSAMPLE = 8;

  private static final int MOST_ITERATIONS = 400;

  /** Change of the sum of the eigenvalues, relative, at which the iteration ends. */
  private static final double STILL = 1e-14;

  private SingularParts() {}

  /**
   * {@code scaling * B A} is the nearest matrix of rank {@code r} to {@code w}, with the roots of
   * the singular values in both.
   *
   * @param w [rows, cols]
   */
  static LowRank largest(Tensor w, int r, float scaling, RandomGenerator random) {
    int out = w.dim(0);
    int in = w.dim(1);
    boolean byRows = out <= in;
    int n = Math.min(out, in);
    int rank = Math.min(r, n);
    Tensor gram = Tensor.zeros(n, n);
    if (byRows) {
      Product.abt(w, w, gram, false);
    } else {
      Product.atb(w, w, gram, false);
    }
    double[][] vectors = iterate(gram, Math.min(n, rank + OVERSAMPLE), rank, random);
    Tensor one = Tensor.zeros(r, n);
    for (int i = 0; i < rank; i++) {
      for (int j = 0; j < n; j++) {
        one.set((long) i * n + j, (float) vectors[i][j]);
      }
    }
    Tensor other = Tensor.zeros(r, byRows ? in : out);
    if (byRows) {
      Product.ab(one, w, other, false);
    } else {
      Product.abt(one, w, other, false);
    }
    return split(byRows ? other : one, byRows ? one : other, byRows, rank, scaling);
  }

  /** Of the unit vectors of one side, and those of the other times the singular values. */
  private static LowRank split(
      Tensor right, Tensor left, boolean unitLeft, int rank, float scaling) {
    int r = right.dim(0);
    int out = left.dim(1);
    Tensor b = Tensor.zeros(out, r);
    for (int i = 0; i < rank; i++) {
      Tensor scaled = unitLeft ? right.rows(i, i + 1) : left.rows(i, i + 1);
      Tensor unit = unitLeft ? left.rows(i, i + 1) : right.rows(i, i + 1);
      double value = Math.sqrt(squares(scaled));
      double root = Math.sqrt(value / scaling);
      unit.axpby((float) root, unit, 0f);
      scaled.axpby(value == 0 ? 0f : (float) (root / value), scaled, 0f);
      for (int o = 0; o < out; o++) {
        b.set((long) o * r + i, left.get((long) i * out + o));
      }
    }
    return new LowRank(right, b);
  }

  private static double squares(Tensor x) {
    double sum = 0;
    for (long i = 0; i < x.size(); i++) {
      sum += (double) x.get(i) * x.get(i);
    }
    return sum;
  }

  private static double[][] iterate(Tensor gram, int count, int rank, RandomGenerator random) {
    int n = gram.dim(0);
    double[][] v = new double[count][n];
    for (double[] x : v) {
      for (int i = 0; i < n; i++) {
        x[i] = random.nextGaussian();
      }
    }
    orthonormalize(v);
    double before = 0;
    for (int iteration = 0; iteration < MOST_ITERATIONS; iteration++) {
      double[][] u = times(gram, v);
      double[][] small = new double[count][count];
      for (int i = 0; i < count; i++) {
        for (int j = 0; j < count; j++) {
          small[i][j] = dot(v[i], u[j]);
        }
      }
      double[][] turn = SymmetricEigen.vectors(small);
      double sum = 0;
      for (int i = 0; i < rank; i++) {
        sum += small[i][i];
      }
      double[][] next = new double[count][n];
      double[][] ritz = new double[count][n];
      for (int i = 0; i < count; i++) {
        for (int j = 0; j < count; j++) {
          add(turn[i][j], u[j], next[i]);
          add(turn[i][j], v[j], ritz[i]);
        }
      }
      if (Math.abs(sum - before) <= STILL * sum) {
        return ritz;
      }
      before = sum;
      v = next;
      orthonormalize(v);
    }
    return v;
  }

  private static double[][] times(Tensor gram, double[][] v) {
    int n = gram.dim(0);
    double[][] u = new double[v.length][n];
    Workers.run(
        n,
        i -> {
          float[] row = gram.rows(i, i + 1).toArray();
          for (int k = 0; k < v.length; k++) {
            double sum = 0;
            double[] x = v[k];
            for (int j = 0; j < n; j++) {
              sum += row[j] * x[j];
            }
            u[k][i] = sum;
          }
        });
    return u;
  }

  /** Gram-Schmidt, twice. */
  private static void orthonormalize(double[][] v) {
    for (int i = 0; i < v.length; i++) {
      for (int pass = 0; pass < 2; pass++) {
        for (int j = 0; j < i; j++) {
          add(-dot(v[i], v[j]), v[j], v[i]);
        }
      }
      double norm = Math.sqrt(dot(v[i], v[i]));
      for (int k = 0; norm > 0 && k < v[i].length; k++) {
        v[i][k] /= norm;
      }
    }
  }

  private static void add(double factor, double[] x, double[] y) {
    for (int i = 0; i < y.length; i++) {
      y[i] += factor * x[i];
    }
  }

  private static double dot(double[] x, double[] y) {
    double sum = 0;
    for (int i = 0; i < x.length; i++) {
      sum += x[i] * y[i];
    }
    return sum;
  }
}
