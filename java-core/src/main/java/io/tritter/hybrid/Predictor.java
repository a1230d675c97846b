package io.tritter.hybrid;

import io.tritter.optim.ParameterShapes;
import io.tritter.optim.State;
import io.tritter.tensor.Tensor;
import java.util.List;

/**
 * Learns from the gradients of full steps and stands in for a backward pass between them.
 *
 * <p>Gradients are lists in the order of {@link #parameters()}, of the right shapes and finite; a
 * predictor does not keep them. Steps are counted from 0 and only grow. The same calls give the
 * same bits.
 */
public interface Predictor {

  /** Names and shapes of what is predicted. */
  ParameterShapes parameters();

  /** Takes in the gradients of a full step. */
  void observe(long step, List<Tensor> gradients);

  /**
   * Takes in the gradients of a CORRECT step: measures what would have been predicted against them
   * first.
   *
   * @return the mean of |actual - predicted| over all elements
   */
  double correct(long step, List<Tensor> gradients);

  /**
   * The predicted gradients of a later step than any observed; the tensors belong to the predictor
   * and are overwritten by its next call.
   *
   * @throws IllegalStateException before anything was observed
   */
  List<Tensor> predict(long step);

  /** Forgets everything. */
  void reset();

  /** What it remembers; the tensors are live, and change with the next step. */
  State state();

  /**
   * Goes on from a saved state.
   *
   * @throws IllegalArgumentException for a state that does not fit; nothing has changed then
   */
  void load(State state);
}
