package io.tritter.hybrid;

/**
 * Sums of {@code w}, {@code w t} and {@code w t^2} over the points of a weighted line fit; t is
 * counted from the latest point, so it is 0 or less, and w from 1 there.
 *
 * <p>The line through the points (t_i, g_i) has at t the value {@code sum_i w_i g_i (constant(t) +
 * slope(t) t_i)}: the normal equations solved once for all elements of a gradient.
 */
record Moments(double w, double wt, double wtt) {
  static final Moments NONE = new Moments(0, 0, 0);

  /** Below this the points are one point, as far as float64 can tell. */
  private static final double DEGENERATE = 1e-10;

  /** With one more point, {@code gap} steps after the latest; the others weigh {@code decay}. */
  Moments plus(double decay, long gap) {
    return new Moments(
        decay * w + 1, decay * (wt - gap * w), decay * (wtt - 2 * gap * wt + gap * gap * w));
  }

  double constant(double t) {
    return degenerate() ? 1 / w : (wtt - wt * t) / determinant();
  }

  double slope(double t) {
    return degenerate() ? 0 : (w * t - wt) / determinant();
  }

  private boolean degenerate() {
    return determinant() < DEGENERATE;
  }

  private double determinant() {
    return w * wtt - wt * wt;
  }
}
