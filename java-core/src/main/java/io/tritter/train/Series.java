package io.tritter.train;

import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;

/** A quantity of a run by steps; what is not finite is left out. */
public final class Series {
  private final double[] steps;
  private final double[] values;

  private Series(double[] steps, double[] values) {
    this.steps = steps;
    this.values = values;
  }

  /** A quantity of each step, at the number of the step. */
  public static Series of(List<StepMetrics> run, ToDoubleFunction<StepMetrics> quantity) {
    return from(run, StepMetrics::step, quantity);
  }

  /** Held-out losses, at the number of steps before them. */
  public static Series of(List<HeldOutLoss> losses) {
    return from(losses, HeldOutLoss::step, HeldOutLoss::loss);
  }

  /** Values at places, as many of both. */
  public static Series of(double[] places, double[] values) {
    return new Series(places.clone(), values.clone());
  }

  /** Points of a loss curve. */
  static Series of(LossCurve.Points points) {
    return new Series(points.x, points.y);
  }

  private static <T> Series from(
      List<T> all, ToDoubleFunction<T> step, ToDoubleFunction<T> quantity) {
    List<T> finite = all.stream().filter(m -> Double.isFinite(quantity.applyAsDouble(m))).toList();
    return new Series(
        finite.stream().mapToDouble(step).toArray(),
        finite.stream().mapToDouble(quantity).toArray());
  }

  /** How many points it has. */
  public int size() {
    return steps.length;
  }

  /** The step of a point. */
  public double step(int i) {
    return steps[i];
  }

  /** The value of a point. */
  public double value(int i) {
    return values[i];
  }

  /** The last value; NaN if there is none. */
  public double last() {
    return values.length == 0 ? Double.NaN : values[values.length - 1];
  }

  /** The value that a part of the values stays below; NaN if there is none. */
  public double quantile(double part) {
    if (values.length == 0) {
      return Double.NaN;
    }
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[(int) Math.round(part * (sorted.length - 1))];
  }

  /** Means over neighbours, at most so many points; the same series if it has no more. */
  public Series means(int most) {
    if (size() <= most) {
      return this;
    }
    double[] x = new double[most];
    double[] y = new double[most];
    for (int i = 0; i < most; i++) {
      int from = (int) ((long) size() * i / most);
      int to = (int) ((long) size() * (i + 1) / most);
      x[i] = Arrays.stream(steps, from, to).average().orElseThrow();
      y[i] = Arrays.stream(values, from, to).average().orElseThrow();
    }
    return new Series(x, y);
  }
}
