package io.tritter.hybrid;

import io.tritter.optim.Optimizer;
import io.tritter.optim.State;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One way to take a PREDICT step: what it costs, and what it does to the weights.
 *
 * <p>Full steps that it {@link #watch watches} come before its own. A kind may keep weights and
 * gradients that it was given at construction, and reads them when it is called.
 */
public interface PredictKind extends Restorable {
  /** Cost of a step without a pass, in full steps: an optimizer's, and some ways through memory. */
  double JUMP_COST = 0.05;

  /**
   * The pass that a step runs before its update.
   *
   * @param strength above 0, at most 1; each kind says what it means
   * @return null for a step with neither forward nor backward pass
   */
  @Nullable Effort effort(double strength);

  /** What the learning rate is multiplied with. */
  default double rateFactor(double strength) {
    return 1;
  }

  /** Whether it learns from full steps. */
  default boolean watches() {
    return false;
  }

  /** Told that full steps come which it is shown, as many as the trainer takes between attempts. */
  default void watch() {}

  /**
   * Shown a full step: gradients are there, and the weights are those that they belong to.
   *
   * @param step number of it; they only grow
   * @param correcting whether PREDICT steps of this kind went before, without other full steps
   */
  default void observe(long step, boolean correcting) {}

  /** Cosine of what it would have predicted to what was measured; 1 where it predicts nothing. */
  default double confidence() {
    return 1;
  }

  /**
   * Changes the weights.
   *
   * @param rate learning rate, with {@link #rateFactor} in it
   * @return global norm of the gradients before clipping; NaN where none were used
   */
  default double update(
      long step, double strength, Optimizer optimizer, double rate, double clipNorm) {
    return optimizer.step(rate, clipNorm);
  }

  @Override
  default State state() {
    return new State(Map.of(), Map.of());
  }

  @Override
  default void load(State state) {}
}
