package io.tritter.kernel;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/** {@code sigmoid(x) = 1 / (1 + exp(-x))} and {@code tanh(x) = 2 sigmoid(2x) - 1}. */
final class Sigmoid {
  private Sigmoid() {}

  static float of(float x) {
    return (float) (1 / (1 + Math.exp(-x)));
  }

  /** On vectors. */
  static final class Simd {
    private Simd() {}

    /** With e = exp(-|x|), which cannot overflow: 1 / (1 + e), or e / (1 + e) for negative x. */
    static FloatVector of(FloatVector x) {
      FloatVector e = Exp.Simd.natural(x.abs().neg());
      return e.blend(1, x.compare(VectorOperators.GE, 0)).div(e.add(1));
    }

    /** Absolute error below 3e-7. */
    static FloatVector tanh(FloatVector x) {
      return of(x.add(x)).mul(2f).sub(1f);
    }
  }
}
