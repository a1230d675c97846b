package io.tritter.hybrid;

import io.tritter.tensor.Tensor;

/**
 * {@code x = s sign(x)} where {@code |x| > 2 mean|x|}, and 0 elsewhere; s is the mean magnitude of
 * what stays.
 */
final class SparseTernary {
  private static final double THRESHOLD = 2;

  private SparseTernary() {}

  /** Writes the approximation over its argument. */
  static void approximate(Tensor x) {
    float[] values = x.toArray();
    double sum = 0;
    for (float value : values) {
      sum += Math.abs(value);
    }
    double threshold = THRESHOLD * sum / values.length;
    double kept = 0;
    long count = 0;
    for (float value : values) {
      if (Math.abs(value) > threshold) {
        kept += Math.abs(value);
        count++;
      }
    }
    float scale = count == 0 ? 0 : (float) (kept / count);
    for (int i = 0; i < values.length; i++) {
      values[i] = Math.abs(values[i]) > threshold ? Math.copySign(scale, values[i]) : 0;
    }
    x.copyFrom(Tensor.of(values, x.shape()));
  }
}
