package io.tritter.hybrid;

/**
 * What one step of a {@link HybridTrainer} was.
 *
 * @param step number of it, from 0; steps that were rolled back count
 * @param kind of a PREDICT step; else OFF
 * @param cost of its passes, in full steps
 * @param loss of what was run, before the update; NaN where nothing was
 * @param gradientNorm of measured gradients, before clipping; NaN where there are none
 * @param learningRate that was used
 * @param verdict on the attempt that ended with this step
 */
public record HybridStep(
    long step,
    Phase phase,
    Kind kind,
    double cost,
    double loss,
    double gradientNorm,
    double learningRate,
    Divergence divergence,
    Verdict verdict) {

  /** What became of an attempt. */
  public enum Verdict {
    /** None ended. */
    NONE,
    /** The weights go on from there. */
    KEPT,
    /** The weights and all else are where they were before it. */
    ROLLED_BACK
  }
}
