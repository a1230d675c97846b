package io.tritter.hybrid;

/** What a step of training does. */
public enum Phase {
  /** Backward pass; the predictor only watches. Once, at the start. */
  WARMUP(true),
  /** Backward pass, before a stretch of predicted steps. */
  FULL(true),
  /** No backward pass: the predicted gradient takes its place. */
  PREDICT(false),
  /** Backward pass amid predicted steps: measures and corrects the prediction. */
  CORRECT(true);

  private final boolean needsBackward;

  Phase(boolean needsBackward) {
    this.needsBackward = needsBackward;
  }

  /** Whether the step needs gradients from a backward pass. */
  public boolean needsBackward() {
    return needsBackward;
  }
}
