package io.tritter.kernel;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** {@code sigmoid(x) = 1 / (1 + exp(-x))} and {@code tanh(x) = 2 sigmoid(2x) - 1}. */
final class Sigmoid {
  private Sigmoid() {}

  static float of(float x) {
    return (float) (1 / (1 + Math.exp(-x)));
  }

  /** On vectors. */
  static final class Simd {
    private static final VectorSpecies<Float> F = FloatVector.SPECIES_PREFERRED;

    /** Up to here the polynomial, beyond it the exponential is the more exact tanh. */
    private static final float NEAR = 0.625f;

    // Minimax polynomial of (tanh(x) / x - 1) / x^2 in x^2 below NEAR: error of tanh 3e-8.
    private static final float T0 = -0.3333327f;
    private static final float T1 = 0.13331093f;
    private static final float T2 = -0.053709656f;
    private static final float T3 = 0.02053882f;
    private static final float T4 = -0.0055910163f;

    private Simd() {}

    /** With e = exp(-|x|), which cannot overflow: 1 / (1 + e), or e / (1 + e) for negative x. */
    static FloatVector of(FloatVector x) {
      FloatVector e = Exp.Simd.natural(x.abs().neg());
      return e.blend(1, x.compare(VectorOperators.GE, 0)).div(e.add(1));
    }

    /** Relative error below 4e-7. */
    static FloatVector tanh(FloatVector x) {
      FloatVector size = x.abs();
      FloatVector e = Exp.Simd.natural(size.mul(-2f));
      FloatVector far = e.neg().add(1).div(e.add(1));
      FloatVector z = x.mul(x);
      FloatVector p = z.fma(FloatVector.broadcast(F, T4), FloatVector.broadcast(F, T3));
      p = p.fma(z, FloatVector.broadcast(F, T2));
      p = p.fma(z, FloatVector.broadcast(F, T1));
      p = p.fma(z, FloatVector.broadcast(F, T0));
      FloatVector near = p.mul(z).fma(size, size);
      FloatVector tanh = far.blend(near, size.compare(VectorOperators.LT, NEAR));
      return tanh.blend(tanh.neg(), x.compare(VectorOperators.LT, 0));
    }
  }
}
