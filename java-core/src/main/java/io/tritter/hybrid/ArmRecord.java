package io.tritter.hybrid;

/**
 * What an arm has been so far.
 *
 * @param tries attempts that were judged
 * @param kept those that were not rolled back
 * @param rejections in a row: attempts that made less progress than full steps would have, were
 *     rolled back, or were declined for want of confidence
 * @param declined of them all so far
 * @param advantage mean progress over that of full steps in the same time, less 1, each from -1 to
 *     1; 0 before the first attempt
 */
public record ArmRecord(
    Arm arm, int tries, int kept, int rejections, int declined, double advantage) {
  /** Weight of one more attempt: the mean of the first three, then of about the last three. */
  private static final double LEAST_WEIGHT = 1.0 / 3;

  static ArmRecord of(Arm arm) {
    return new ArmRecord(arm, 0, 0, 0, 0, 0);
  }

  ArmRecord withAttempt(double gain, boolean rolledBack) {
    double weight = Math.max(LEAST_WEIGHT, 1.0 / (tries + 1));
    return new ArmRecord(
        arm,
        tries + 1,
        kept + (rolledBack ? 0 : 1),
        gain < 0 ? rejections + 1 : 0,
        declined,
        advantage + weight * (gain - advantage));
  }

  ArmRecord withDecline() {
    return new ArmRecord(arm, tries, kept, rejections + 1, declined + 1, advantage);
  }
}
