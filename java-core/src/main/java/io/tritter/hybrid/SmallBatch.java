package io.tritter.hybrid;

/**
 * Passes of a part of the batch, for that part of the cost; the gradient is as much noisier. The
 * rate goes with the root of the part. Strength: the part.
 */
record SmallBatch() implements PredictKind {
  @Override
  public Effort effort(double strength) {
    return new Effort(strength, 1, 1, true);
  }

  @Override
  public double rateFactor(double strength) {
    return Math.sqrt(strength);
  }
}
