package io.tritter.hybrid;

import io.tritter.nn.Parameter;
import java.util.List;
import java.util.Map;
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

  /**
   * Which parameters of the layers that come in with a greater depth begin as copies of which, by
   * name; those of the layers that have learned are repeated in turn. None for a model without
   * layers.
   *
   * @param from share of the layers that have learned, as {@link Effort#depth} says it
   * @param to share of the layers that are to learn
   */
  default Map<String, String> stacked(double from, double to) {
    return Map.of();
  }

  /**
   * Names of the parameters without which the layers above a depth pass on what they get: while
   * they are zero, the model is the one of the layers that learn.
   *
   * @param depth share of the layers that learn, as in {@link Effort#depth}
   */
  default Set<String> outputsAbove(double depth) {
    return Set.of();
  }

  /** Names of the parameters that {@link Effort#embeddings} means. */
  default Set<String> embeddings() {
    return Set.of();
  }
}
