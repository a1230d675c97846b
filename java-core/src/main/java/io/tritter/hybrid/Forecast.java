package io.tritter.hybrid;

/**
 * What a {@link Forecaster} expects of the loss.
 *
 * @param steps after the last tick that was observed
 * @param loss mean of the heads; NaN before the first tick
 * @param spread standard deviation of the heads
 * @param confidence {@code 1 / (1 + (spread / noise)^2)}, the noise being the usual distance of a
 *     tick from the level of the loss; 0 before the first tick
 */
public record Forecast(int steps, double loss, double spread, double confidence) {}
