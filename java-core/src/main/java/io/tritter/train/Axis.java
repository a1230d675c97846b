package io.tritter.train;

import java.text.NumberFormat;
import java.util.Locale;
import java.util.stream.DoubleStream;

/**
 * A stretch of numbers to draw along, low below high.
 *
 * @param low at the lower or left end
 * @param high at the upper or right end
 */
public record Axis(double low, double high) {
  /** The part of the stretch that is left free above and below of values. */
  private static final double MARGIN = 0.05;

  /** Noise beyond this part of the values, as at the steep start of a run, is cut off. */
  private static final double SHOWN = 0.98;

  public Axis {
    if (!(low < high)) {
      high = low + 1;
    }
  }

  /**
   * An axis on which values have room, but the largest: they would press the others flat.
   *
   * @param values the first is cut off above, the others are shown whole
   */
  public static Axis of(Series... values) {
    double low = Double.POSITIVE_INFINITY;
    double high = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < values.length; i++) {
      if (values[i].size() > 0) {
        low = Math.min(low, values[i].quantile(0));
        high = Math.max(high, values[i].quantile(i == 0 ? SHOWN : 1));
      }
    }
    if (low > high) {
      return new Axis(0, 1);
    }
    double margin = high > low ? MARGIN * (high - low) : Math.max(Math.abs(high) * MARGIN, 1e-9);
    return new Axis(low >= 0 ? Math.max(0, low - margin) : low - margin, high + margin);
  }

  /** Where a value is: 0 at the low end, 1 at the high end, and no farther. */
  public double place(double value) {
    return Math.clamp((value - low) / (high - low), 0, 1);
  }

  /** Round numbers along the axis, at most so many and one more. */
  public double[] ticks(int most) {
    double step = step(most);
    double first = Math.ceil(low / step);
    double last = Math.floor(high / step);
    return DoubleStream.iterate(first, i -> i <= last, i -> i + 1).map(i -> i * step).toArray();
  }

  /** A tick of {@link #ticks} with as many digits as tell it from its neighbours. */
  public String label(double tick, int most) {
    int digits = (int) Math.max(0, -Math.floor(Math.log10(step(most)) + 1e-9));
    NumberFormat format = NumberFormat.getInstance(Locale.ROOT);
    format.setMinimumFractionDigits(digits);
    format.setMaximumFractionDigits(digits);
    return format.format(tick);
  }

  /** 1, 2 or 5 times a power of ten. */
  private double step(int most) {
    double least = (high - low) / Math.max(1, most);
    double power = Math.pow(10, Math.floor(Math.log10(least)));
    for (int factor : new int[] {1, 2, 5}) {
      if (factor * power >= least) {
        return factor * power;
      }
    }
    return 10 * power;
  }
}
