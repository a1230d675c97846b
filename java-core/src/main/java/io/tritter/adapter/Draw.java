package io.tritter.adapter;

import io.tritter.tensor.Tensor;
import java.util.random.RandomGenerator;

/** Random tensors. */
final class Draw {
  private Draw() {}

  /** Numbers of {@code -bound..bound}. */
  static Tensor uniform(RandomGenerator random, double bound, int... shape) {
    Tensor t = Tensor.zeros(shape);
    for (long i = 0; i < t.size(); i++) {
      t.set(i, (float) ((2 * random.nextDouble() - 1) * bound));
    }
    return t;
  }

  /** Normal numbers around zero. */
  static Tensor normal(RandomGenerator random, double deviation, int... shape) {
    Tensor t = Tensor.zeros(shape);
    for (long i = 0; i < t.size(); i++) {
      t.set(i, (float) (random.nextGaussian() * deviation));
    }
    return t;
  }
}
