package io.tritter.kernel;

import io.tritter.tensor.Tensor;
import java.util.function.ToDoubleFunction;

/** Derivatives by central differences in float64: what every backward pass is checked against. */
final class Differences {
  /** Truncation and rounding errors balance near the cube root of the float64 epsilon. */
  private static final double STEP = 1e-5;

  private Differences() {}

  /** The gradient of {@code f} at {@code x}. */
  static Tensor gradient(ToDoubleFunction<double[]> f, Tensor x) {
    double[] at = doubles(x);
    Tensor gradient = Tensor.zeros(x.shape());
    for (int i = 0; i < at.length; i++) {
      double old = at[i];
      at[i] = old + STEP;
      double above = f.applyAsDouble(at);
      at[i] = old - STEP;
      double below = f.applyAsDouble(at);
      at[i] = old;
      gradient.set(i, (float) ((above - below) / (2 * STEP)));
    }
    return gradient;
  }

  /** The numbers of a tensor in float64. */
  static double[] doubles(Tensor t) {
    double[] values = new double[Math.toIntExact(t.size())];
    for (int i = 0; i < values.length; i++) {
      values[i] = t.get(i);
    }
    return values;
  }

  /** {@code sum(a * b)}: the scalar whose gradient a backward pass computes, b being dout. */
  static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }
}
