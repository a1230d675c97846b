package io.tritter.train;

import java.util.ArrayList;
import java.util.List;

/**
 * Says when a run looks wrong: a loss that jumps up, stays far above its best or has stopped to
 * fall, gradients that explode or vanish. Each kind is reported once until it is over.
 */
public final class Alerts {
  /** Steps before anything is judged: the loss falls fast and the gradients are large. */
  private static final int WARM_UP = 50;

  /** A loss so many deviations above its mean is a spike. */
  private static final double SPIKE_DEVIATIONS = 6;

  /** Nats above the least mean. */
  private static final double DIVERGENCE = 1;

  /** Steps without a mean that is lower by {@link #PROGRESS}. */
  private static final int PLATEAU = 2000;

  private static final double PROGRESS = 1e-3;
  private static final double EXPLODING = 100;
  private static final double VANISHING = 1e-7;

  /** Means over about so many steps. */
  private static final double MEMORY = 50;

  private long steps;
  private double mean;
  private double variance;
  private double leastMean = Double.POSITIVE_INFINITY;
  private long leastStep;
  private final Alarm spike = new Alarm();
  private final Alarm divergence = new Alarm();
  private final Alarm plateau = new Alarm();
  private final Alarm exploding = new Alarm();
  private final Alarm vanishing = new Alarm();

  /** A condition that holds or not; {@link #rises} is true when it begins to. */
  private static final class Alarm {
    private boolean on;

    boolean rises(boolean now) {
      boolean rises = now && !on;
      on = now;
      return rises;
    }
  }

  /** The alerts of a run, as they came while it ran. */
  public static List<String> all(List<StepMetrics> run) {
    Alerts alerts = new Alerts();
    return run.stream()
        .filter(m -> Double.isFinite(m.loss()))
        .flatMap(m -> alerts.of(m).stream())
        .toList();
  }

  /** A line for each alert of a step. */
  public List<String> of(StepMetrics m) {
    List<String> lines = new ArrayList<>();
    double deviation = Math.sqrt(variance);
    boolean judged = steps >= WARM_UP;
    boolean jumps = judged && m.loss() > mean + SPIKE_DEVIATIONS * deviation;
    if (spike.rises(jumps)) {
      lines.add(line(m, "spike: loss %.3f, mean %.3f".formatted(m.loss(), mean)));
    }
    average(m.loss());
    if (steps >= WARM_UP && mean < leastMean - PROGRESS) {
      leastMean = mean;
      leastStep = steps;
    }
    boolean diverges = mean > leastMean + DIVERGENCE;
    if (divergence.rises(diverges)) {
      lines.add(line(m, "divergence: mean loss %.3f, best %.3f".formatted(mean, leastMean)));
    }
    if (plateau.rises(judged && steps - leastStep >= PLATEAU)) {
      lines.add(line(m, "plateau: no lower mean loss for %d steps".formatted(steps - leastStep)));
    }
    double norm = m.gradientNorm();
    if (exploding.rises(judged && norm > EXPLODING)) {
      lines.add(line(m, "exploding gradients: norm %.1f".formatted(norm)));
    }
    if (vanishing.rises(norm < VANISHING)) {
      lines.add(line(m, "vanishing gradients: norm %.1e".formatted(norm)));
    }
    return lines;
  }

  private void average(double loss) {
    steps++;
    double weight = Math.max(1 / MEMORY, 1.0 / steps);
    double difference = loss - mean;
    mean += weight * difference;
    variance = (1 - weight) * (variance + weight * difference * difference);
  }

  private static String line(StepMetrics m, String text) {
    return "step " + m.step() + ": " + text;
  }
}
