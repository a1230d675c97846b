package io.tritter.optim;

import io.tritter.tensor.Tensor;
import java.util.Map;

/**
 * Updates parameters in place by gradients: the parameters' own, or any others of the same shapes,
 * such as predicted ones.
 */
public interface Optimizer {

  /** Names and shapes of the parameters. */
  ParameterShapes shapes();

  /** Number of steps taken. */
  long steps();

  /**
   * One update by the parameters' own gradients, which stay as they are.
   *
   * @param clipNorm gradients of a larger global norm are scaled down to it; infinity: never
   * @return the global norm of the gradients before clipping
   * @throws IllegalArgumentException for a gradient that is not finite; nothing has changed then
   */
  double step(double learningRate, double clipNorm);

  /**
   * One update by other gradients.
   *
   * @param gradients one for each parameter, by name
   * @throws IllegalArgumentException for a gradient that is missing, unknown, of another shape or
   *     not finite; nothing has changed then
   */
  double step(Map<String, Tensor> gradients, double learningRate, double clipNorm);

  /** All that the next step depends on beside the parameters; its tensors are live. */
  State state();

  /**
   * Goes on from a saved state.
   *
   * @throws IllegalArgumentException for a state that does not fit; nothing has changed then
   */
  void load(State state);
}
