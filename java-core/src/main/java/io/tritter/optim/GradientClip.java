package io.tritter.optim;

import io.tritter.tensor.Check;
import io.tritter.tensor.Tensor;
import java.util.List;

/** Clipping by the global norm: the Euclidean norm over all gradients together. */
public final class GradientClip {
  /** PyTorch's guard against a norm of zero. */
  private static final double EPSILON = 1e-6;

  private GradientClip() {}

  /**
   * The root of the sum of all squares, summed in float64, tensor by tensor.
   *
   * @param gradients in the order of {@code shapes}
   * @throws IllegalArgumentException for an infinite element or NaN
   */
  public static double norm(ParameterShapes shapes, List<Tensor> gradients) {
    return Math.sqrt(shapes.sumOfSquares(gradients));
  }

  /**
   * The factor that brings gradients of a norm down to {@code maxNorm}: {@code min(1, maxNorm /
   * (norm + 1e-6))}, PyTorch's.
   *
   * @param maxNorm positive; infinity for no clipping
   */
  public static float scale(double norm, double maxNorm) {
    if (!(maxNorm > 0)) {
      throw Check.expected("clip_norm", "a positive number", maxNorm);
    }
    return (float) Math.min(1, maxNorm / (norm + EPSILON));
  }
}
