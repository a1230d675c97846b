package io.tritter.hybrid;

/**
 * Passes of the beginning of each sequence, for that part of the cost or less. The rate goes with
 * the root of the part, as there are fewer tokens. Strength: the part.
 */
record ShortContext() implements PredictKind {
  @Override
  public Effort effort(double strength) {
    return new Effort(1, strength, 1, true);
  }

  @Override
  public double rateFactor(double strength) {
    return Math.sqrt(strength);
  }
}
