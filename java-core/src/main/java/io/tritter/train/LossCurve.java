package io.tritter.train;

import io.tritter.hybrid.Phase;
import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/** The steps of a run as points to draw; a predicted step has a place but no loss. */
final class LossCurve {
  /** The smoothed loss of a step looks at this part of the run. */
  private static final double SMOOTHING = 0.05;

  private final List<StepMetrics> all;

  /** Those with a finite loss. */
  private final List<StepMetrics> steps;

  LossCurve(List<StepMetrics> steps) {
    this.all = List.copyOf(steps);
    this.steps = steps.stream().filter(s -> Double.isFinite(s.loss())).toList();
  }

  /** How many steps have a finite loss. */
  int size() {
    return steps.size();
  }

  /** Coordinates, as many of the one as of the other. */
  static final class Points {
    final double[] x;
    final double[] y;

    Points(double[] x, double[] y) {
      this.x = x;
      this.y = y;
    }
  }

  long lastStep() {
    return all.getLast().step();
  }

  /** The steps of a phase, but those with a loss above {@code top}. */
  Points dots(Phase phase, int every, double top) {
    List<StepMetrics> chosen =
        steps.stream().filter(s -> s.phase() == phase && s.loss() <= top).toList();
    int count = Math.ceilDiv(chosen.size(), every);
    double[] x = new double[count];
    double[] y = new double[count];
    for (int i = 0; i < count; i++) {
      x[i] = chosen.get(i * every).step();
      y[i] = chosen.get(i * every).loss();
    }
    return new Points(x, y);
  }

  /** Where the steps of a phase are, with a loss or without. */
  double[] places(Phase phase, int every) {
    List<StepMetrics> chosen = all.stream().filter(s -> s.phase() == phase).toList();
    return IntStream.range(0, Math.ceilDiv(chosen.size(), every))
        .mapToDouble(i -> chosen.get(i * every).step())
        .toArray();
  }

  /** The mean loss around each step, near steps counting more, where it is below {@code top}. */
  Points smoothed(int every, double top) {
    int radius = (int) (steps.size() * SMOOTHING / 4);
    double[] losses = steps.stream().mapToDouble(StepMetrics::loss).toArray();
    double[] smooth = means(means(losses, radius), radius);
    DoubleStream.Builder x = DoubleStream.builder();
    DoubleStream.Builder y = DoubleStream.builder();
    for (int i = 0; i < smooth.length; i += every) {
      if (smooth[i] <= top) {
        x.add((double) steps.get(i).step());
        y.add(smooth[i]);
      }
    }
    return new Points(x.build().toArray(), y.build().toArray());
  }

  /**
   * Means over neighbours, at the steep start of a run as many to the left as to the right, at its
   * flat end as many as there are.
   */
  private static double[] means(double[] values, int radius) {
    double[] sums = new double[values.length + 1];
    for (int i = 0; i < values.length; i++) {
      sums[i + 1] = sums[i] + values[i];
    }
    double[] means = new double[values.length];
    for (int i = 0; i < values.length; i++) {
      int reach = Math.min(radius, i);
      int end = Math.min(values.length, i + reach + 1);
      means[i] = (sums[end] - sums[i - reach]) / (end - (i - reach));
    }
    return means;
  }

  /** The loss that a part of the steps stays below. */
  double quantile(double part) {
    double[] sorted = steps.stream().mapToDouble(StepMetrics::loss).sorted().toArray();
    return sorted[(int) Math.round(part * (sorted.length - 1))];
  }
}
