package io.tritter.hybrid;

import io.tritter.optim.State;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What full steps would gain in a stretch of time: a loss that falls with the logarithm of the time
 * loses {@code b ln(t2 / t1)} from t1 to t2. b is measured between attempts, where full steps are
 * all there is; a straight line would flatter whatever is tried after them.
 */
final class PlainProgress {
  /** Weight of the latest of several measurements. */
  private static final double LATEST = 0.5;

  private double slope = Double.NaN;
  private double time = Double.NaN;
  private double loss = Double.NaN;

  /** A stretch of full steps begins. */
  void begin(double now, double lossNow) {
    time = now;
    loss = lossNow;
  }

  /** It ends. */
  void end(double now, double lossNow) {
    if (now > time && time > 0) {
      double measured = (loss - lossNow) / Math.log(now / time);
      slope = Double.isNaN(slope) ? measured : slope + LATEST * (measured - slope);
    }
  }

  /** By how much the loss would fall; 0 or less where it does not, or nothing was measured. */
  double expected(double from, double to) {
    return Double.isNaN(slope) ? 0 : slope * Math.log(to / from);
  }

  /** Numbers that are not there yet are left out: JSON has no NaN. */
  State state() {
    Map<String, Double> numbers = new LinkedHashMap<>();
    put(numbers, "slope", slope);
    put(numbers, "time", time);
    put(numbers, "loss", loss);
    return new State(Map.of(), numbers);
  }

  void load(State state) {
    slope = get(state, "slope");
    time = get(state, "time");
    loss = get(state, "loss");
  }

  private static void put(Map<String, Double> numbers, String name, double value) {
    if (!Double.isNaN(value)) {
      numbers.put(name, value);
    }
  }

  private static double get(State state, String name) {
    return state.numbers().getOrDefault(name, Double.NaN);
  }
}
