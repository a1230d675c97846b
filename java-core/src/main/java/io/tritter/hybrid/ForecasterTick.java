package io.tritter.hybrid;

import io.tritter.optim.State;
import java.util.LinkedHashMap;
import java.util.Map;

/** Some steps of one kind, as a {@link Forecaster} sees them: their means. */
final class ForecasterTick {
  /** A gradient norm is taken to be at least this. */
  private static final double LEAST_NORM = 1e-12;

  private int steps;
  private double lossSum;
  private double normSum;
  private double learningRate;
  private Phase phase = Phase.WARMUP;
  private Kind kind = Kind.OFF;

  /** Adds a step, of the kind of those before. */
  void add(double loss, double gradientNorm, double rate, Phase itsPhase, Kind itsKind) {
    steps++;
    lossSum += loss;
    normSum += Math.log(Math.max(gradientNorm, LEAST_NORM));
    learningRate = rate;
    phase = itsPhase;
    kind = itsKind;
  }

  void clear() {
    steps = 0;
    lossSum = 0;
    normSum = 0;
  }

  int steps() {
    return steps;
  }

  double loss() {
    return lossSum / steps;
  }

  /** Mean of the logarithm of the gradient norm. */
  double norm() {
    return normSum / steps;
  }

  /** That of the last step. */
  double learningRate() {
    return learningRate;
  }

  /** The place of that of the last step. */
  int phase() {
    return Phase.SAVED_AS.indexOf(phase);
  }

  Kind kind() {
    return kind;
  }

  State state() {
    Map<String, Double> numbers = new LinkedHashMap<>();
    numbers.put("steps", (double) steps);
    numbers.put("loss_sum", lossSum);
    numbers.put("norm_sum", normSum);
    numbers.put("learning_rate", learningRate);
    numbers.put("phase", (double) Phase.SAVED_AS.indexOf(phase));
    numbers.put("kind", (double) ForecasterWindow.KINDS.indexOf(kind));
    return new State(Map.of(), numbers);
  }

  /** Goes on from a saved state; of no use after one that does not fit. */
  void load(State state) {
    steps = (int) state.count("steps", 0, Integer.MAX_VALUE);
    lossSum = state.number("loss_sum");
    normSum = state.number("norm_sum");
    learningRate = state.number("learning_rate");
    phase = Phase.SAVED_AS.get((int) state.count("phase", 0, Phase.SAVED_AS.size() - 1));
    kind =
        ForecasterWindow.KINDS.get((int) state.count("kind", 0, ForecasterWindow.KINDS.size() - 1));
  }
}
