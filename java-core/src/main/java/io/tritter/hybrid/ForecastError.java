package io.tritter.hybrid;

/**
 * Mean absolute errors of what was forecast so many steps ahead, over about the last 32 ticks, and
 * of what needs no forecaster. Only forecasts count after which every tick was of their kind.
 *
 * @param kind that the forecasts were for; OFF for full steps
 * @param compared ticks that have come so far, at least 1
 * @param forecast of the {@link Forecaster}
 * @param lastValue of the loss of the last tick, in place of a forecast
 * @param line of a straight line by least squares through the last 8 ticks
 */
public record ForecastError(
    Kind kind, int steps, long compared, double forecast, double lastValue, double line) {

  /** {@code 1 - forecast / lastValue}: 1 for no error, 0 or less for no use; 0 before the first. */
  public double skill() {
    return lastValue > 0 ? 1 - forecast / lastValue : 0;
  }
}
