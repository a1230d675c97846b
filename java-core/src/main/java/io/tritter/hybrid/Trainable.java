package io.tritter.hybrid;

import io.tritter.nn.Parameter;
import java.util.List;
import java.util.Set;

/**
 * A model as {@link HybridTrainer} sees it: weights that it may change, and passes that it may ask
 * for, whole or in part.
 *
 * @param <B> what one step learns from
 */
public interface Trainable<B> {
  /** Cost of {@link #loss}, where a forward and backward pass of a batch costs 1. */
  double FORWARD_COST = 1.0 / 3;

  /** The weights that the optimizer updates, and their gradients, always the same ones. */
  List<Parameter> parameters();

  /**
   * The mean loss of a batch; puts its gradients in place of those that are there.
   *
   * @param effort how much of it; a model without such a part does the whole
   */
  double forwardBackward(B batch, Effort effort);

  /** The mean loss of a batch; gradients are as they were, or lost. */
  double loss(B batch);

  /** Told after every change of weights, and before the next pass. */
  void weightsChanged();

  /**
   * Share of the arithmetic of {@code forwardBackward(batch, Effort.FULL)} that another effort
   * needs. It decides in place of a clock, so it depends on the sizes of the model alone.
   */
  default double cost(Effort effort) {
    return effort.batch() * effort.context() * effort.depth();
  }

  /** Names of the parameters that {@link Effort#embeddings} means. */
  default Set<String> embeddings() {
    return Set.of();
  }
}
