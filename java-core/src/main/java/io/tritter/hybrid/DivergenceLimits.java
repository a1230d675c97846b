package io.tritter.hybrid;

import io.tritter.tensor.Check;

/**
 * What is too much, by the mean and the deviation over about the last 20 steps.
 *
 * @param caution deviations of the loss above its mean
 * @param warning no less than {@code caution}
 * @param critical no less than {@code warning}
 * @param exploding gradient norm over its mean that is a warning; above 1
 * @param vanishing gradient norm over its mean below which it is one; above 0, below 1
 */
public record DivergenceLimits(
    double caution, double warning, double critical, double exploding, double vanishing) {
  public static final DivergenceLimits DEFAULT = new DivergenceLimits(3, 4.5, 6, 10, 1e-3);

  public DivergenceLimits {
    Check.positive("caution", caution);
    Check.inRange("warning", warning, caution, Double.MAX_VALUE);
    Check.inRange("critical", critical, warning, Double.MAX_VALUE);
    Check.inRange("exploding", exploding, Math.nextUp(1.0), Double.MAX_VALUE);
    Check.inRange("vanishing", vanishing, Double.MIN_VALUE, Math.nextDown(1.0));
  }
}
