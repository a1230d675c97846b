package io.tritter.hybrid;

import java.util.List;

/** What a step of training is in. */
public enum Phase {
  /** Backward pass; predictors only watch. Once, at the start. */
  WARMUP(true),
  /** Backward pass, before a stretch of predicted steps. */
  FULL(true),
  /**
   * The cheap one. Of a {@link DeterministicTrainer}: no backward pass, the predicted gradient
   * takes its place. Of a {@link HybridTrainer}: what the {@link Kind} says.
   */
  PREDICT(false),
  /** Backward pass amid predicted steps, or after them: measures, and corrects. */
  CORRECT(true);

  /** A saved state has a phase as its place in this list. */
  static final List<Phase> SAVED_AS = List.of(WARMUP, FULL, PREDICT, CORRECT);

  private final boolean needsBackward;

  Phase(boolean needsBackward) {
    this.needsBackward = needsBackward;
  }

  /** Whether a step of a {@link DeterministicTrainer} needs gradients from a backward pass. */
  public boolean needsBackward() {
    return needsBackward;
  }
}
