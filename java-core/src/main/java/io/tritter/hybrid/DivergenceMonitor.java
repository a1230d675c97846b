package io.tritter.hybrid;

import io.tritter.optim.State;
import java.util.Map;

/**
 * Compares each loss and gradient norm with those before it. What is critical does not enter the
 * means; the first steps are judged by whether they are finite alone.
 */
final class DivergenceMonitor implements Restorable {
  /** Means over about so many steps. */
  private static final double MEMORY = 20;

  /** Steps before a deviation means something. */
  private static final int FIRST = 8;

  /** Of the mean loss: deviations are not taken to be smaller. */
  private static final double LEAST_DEVIATION = 1e-3;

  private final DivergenceLimits limits;
  private long steps;
  private double mean;
  private double variance;
  private double meanNorm;

  DivergenceMonitor(DivergenceLimits limits) {
    this.limits = limits;
  }

  /** Judges a step, and remembers it. */
  Divergence judge(double loss, double gradientNorm) {
    Divergence level = level(loss, gradientNorm);
    if (level != Divergence.CRITICAL) {
      take(loss, gradientNorm);
    }
    return level;
  }

  private Divergence level(double loss, double norm) {
    if (!Double.isFinite(loss) || !Double.isFinite(norm)) {
      return Divergence.CRITICAL;
    }
    if (steps < FIRST) {
      return Divergence.NORMAL;
    }
    double deviations = (loss - mean) / deviation();
    if (deviations >= limits.critical()) {
      return Divergence.CRITICAL;
    }
    if (deviations >= limits.warning()
        || norm > limits.exploding() * meanNorm
        || norm < limits.vanishing() * meanNorm) {
      return Divergence.WARNING;
    }
    return deviations >= limits.caution() ? Divergence.CAUTION : Divergence.NORMAL;
  }

  private void take(double loss, double norm) {
    steps++;
    double weight = Math.max(1 / MEMORY, 1.0 / steps);
    double difference = loss - mean;
    mean += weight * difference;
    variance = (1 - weight) * (variance + weight * difference * difference);
    meanNorm += weight * (norm - meanNorm);
  }

  /** Forgets all steps. */
  void forget() {
    steps = 0;
    mean = 0;
    variance = 0;
    meanNorm = 0;
  }

  /** Mean loss; 0 before the first step. */
  double mean() {
    return mean;
  }

  /** Deviation of the loss, never zero. */
  double deviation() {
    return Math.max(Math.sqrt(variance), Math.max(LEAST_DEVIATION * Math.abs(mean), 1e-30));
  }

  @Override
  public State state() {
    return new State(
        Map.of(),
        Map.of("steps", (double) steps, "mean", mean, "variance", variance, "mean_norm", meanNorm));
  }

  @Override
  public void load(State state) {
    steps = state.count("steps");
    mean = state.number("mean");
    variance = state.number("variance");
    meanNorm = state.number("mean_norm");
  }
}
