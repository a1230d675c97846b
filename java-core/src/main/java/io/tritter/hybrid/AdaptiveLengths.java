package io.tritter.hybrid;

import io.tritter.tensor.Check;

/**
 * Lengthens or shortens the phases by the trend of the loss, at the end of each cycle: compares the
 * mean of the first ten with the mean of the last ten of the (at most 100) latest losses.
 *
 * @param threshold a rise by more than this fraction gives two FULL steps more (30 at most) and
 *     five predicted steps less (5 at least); a fall by more than 5 % gives one FULL step less (3
 *     at least) and three predicted steps more (50 at most)
 */
public record AdaptiveLengths(double threshold) {
  public static final AdaptiveLengths DEFAULT = new AdaptiveLengths(0.1);

  private static final double FALL = 0.95;

  public AdaptiveLengths {
    Check.positive("loss_threshold", threshold);
  }

  /** FULL and predicted steps of a cycle. */
  record Lengths(int full, int predict) {}

  Lengths adjust(Lengths now, double earlyLoss, double lateLoss) {
    if (lateLoss > earlyLoss * (1 + threshold)) {
      return new Lengths(Math.min(now.full + 2, 30), Math.max(now.predict - 5, 5));
    }
    if (lateLoss < earlyLoss * FALL) {
      return new Lengths(Math.max(now.full - 1, 3), Math.min(now.predict + 3, 50));
    }
    return now;
  }
}
