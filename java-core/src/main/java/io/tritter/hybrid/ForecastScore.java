package io.tritter.hybrid;

import io.tritter.optim.State;
import io.tritter.tensor.Tensor;
import java.util.Arrays;
import java.util.Map;

/** Mean absolute errors at one horizon, in ticks; each of the last ones counts 1/32. */
final class ForecastScore {
  /** Ticks that the straight line is laid through. */
  static final int LINE = 8;

  private static final double LATEST = 1.0 / 32;

  private final int horizon;

  /** Of the forecasts, of the last value and of the line. */
  private final double[] errors = new double[3];

  private long compared;

  ForecastScore(int horizon) {
    this.horizon = horizon;
  }

  /**
   * Takes in what has come.
   *
   * @param losses of ticks, the newest at {@code newest}
   * @param forecast of the newest, from {@code newest - horizon}, which is at least 1
   */
  void compare(Tensor losses, int newest, double forecast) {
    int from = newest - horizon;
    double[] guesses = {forecast, losses.get(from), line(losses, from)};
    compared++;
    double weight = Math.max(LATEST, 1.0 / compared);
    for (int i = 0; i < guesses.length; i++) {
      double error = Math.abs(guesses[i] - losses.get(newest));
      errors[i] += weight * (error - errors[i]);
    }
  }

  /** The line through the ticks up to {@code from}, at the horizon. */
  private double line(Tensor losses, int from) {
    int count = Math.min(LINE, from + 1);
    double middle = (count - 1) / 2.0;
    double mean = 0;
    double slope = 0;
    double squares = 0;
    for (int i = 0; i < count; i++) {
      double loss = losses.get((long) from - count + 1 + i);
      mean += loss / count;
      slope += (i - middle) * loss;
      squares += (i - middle) * (i - middle);
    }
    return mean + slope / squares * (middle + horizon);
  }

  /** Forecasts that were compared. */
  long compared() {
    return compared;
  }

  /** The errors of forecasts for a kind, the horizon being so many steps. */
  ForecastError errors(Kind kind, int steps) {
    return new ForecastError(kind, steps, compared, errors[0], errors[1], errors[2]);
  }

  State state() {
    return new State(
        Map.of(),
        Map.of(
            "compared",
            (double) compared,
            "forecast",
            errors[0],
            "last_value",
            errors[1],
            "line",
            errors[2]));
  }

  void load(State state) {
    compared = state.count("compared");
    double[] saved = {state.number("forecast"), state.number("last_value"), state.number("line")};
    Arrays.setAll(errors, i -> saved[i]);
  }
}
