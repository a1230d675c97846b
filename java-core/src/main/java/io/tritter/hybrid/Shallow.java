package io.tritter.hybrid;

/**
 * Depth growth: passes through the first layers only (Gong et al., 2019), for about their share of
 * the cost. Strength: that share. The layers above pass on what they get and keep their weights but
 * for weight decay, so they begin to learn from where they were made; or as copies of those below,
 * after an {@link Opening} that stacks.
 */
record Shallow() implements PredictKind {
  @Override
  public Effort effort(double strength) {
    return new Effort(1, 1, strength, true);
  }
}
