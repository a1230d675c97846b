package io.tritter.hybrid;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tritter.hybrid.Forecaster.Settings;
import io.tritter.optim.State;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("any-width")
class ForecasterTest {
  /** A network that is quick to test; every number of steps is off the lanes. */
  private static final Settings SMALL = new Settings(3, 19, 3, 3e-4, 5);

  private static final double RATE = 1e-3;

  /** Losses of size 10 are remembered in float32. */
  private static final double FLOAT32 = 2e-6;

  /** A loss that falls by a power of the step, with noise. */
  private static final class Curve {
    private final SplittableRandom random;
    private int step;

    Curve(long seed) {
      random = new SplittableRandom(seed);
    }

    void show(Forecaster forecaster, int steps) {
      for (int i = 0; i < steps; i++) {
        step++;
        double loss = 1.5 + 4 * Math.pow(1 + step / 20.0, -0.7) + 0.05 * random.nextGaussian();
        double norm = Math.exp(0.3 * random.nextGaussian()) * (0.5 + loss / 4);
        forecaster.observe(loss, norm, RATE, step <= 40 ? Phase.WARMUP : Phase.FULL);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void forecastsADecayingNoisyCurveBetterThanLastValueAndLine(long seed) {
    Forecaster forecaster = new Forecaster(Settings.DEFAULT);
    new Curve(seed).show(forecaster, 800);
    int steps = 4;
    for (ForecastError error : forecaster.errors()) {
      assertEquals(steps, error.steps());
      assertEquals(800L / 4 - 1 - steps / 4, error.compared());
      assertTrue(error.forecast() < error.lastValue(), error.toString());
      assertTrue(error.forecast() < error.line(), error.toString());
      assertEquals(1 - error.forecast() / error.lastValue(), error.skill());
      steps *= 2;
    }
  }

  /** Errors as they are reported, against forecasts that were written down as they were made. */
  @Test
  void errorsAreThoseOfTheForecastsThatWereMade() {
    Forecaster forecaster = new Forecaster(new Settings(1, 7, 2, 3e-4, 1));
    List<Double> made = new ArrayList<>();
    List<Double> losses = new ArrayList<>();
    double[] sums = new double[2];
    SplittableRandom random = new SplittableRandom(4);
    for (int i = 0; i < 24; i++) {
      losses.add(3 - 0.1 * i + 0.1 * random.nextGaussian());
      forecaster.observe(losses.get(i), 1, RATE, Phase.FULL);
      made.add(forecaster.forecasts().get(1).loss()); // two ticks ahead
      if (i >= 3) {
        sums[0] += Math.abs(made.get(i - 2) - losses.get(i)) / 21;
        sums[1] += Math.abs(losses.get(i - 2) - losses.get(i)) / 21;
      }
    }
    ForecastError error = forecaster.errors().get(1);
    assertEquals(21, error.compared());
    assertEquals(sums[0], error.forecast(), FLOAT32);
    assertEquals(sums[1], error.lastValue(), FLOAT32);
  }

  @Test
  void ofALineTheErrorOfTheLineIsZero() {
    Forecaster forecaster = new Forecaster(SMALL);
    for (int i = 0; i < 90; i++) {
      forecaster.observe(9 - 0.05 * i, 1, RATE, Phase.FULL);
    }
    for (ForecastError error : forecaster.errors()) {
      assertEquals(0, error.line(), FLOAT32);
      assertEquals(0.05 * error.steps(), error.lastValue(), FLOAT32);
    }
  }

  @Test
  void whatWasNeverSeenLowersTheConfidence() {
    Forecaster forecaster = new Forecaster(Settings.DEFAULT);
    new Curve(1).show(forecaster, 800);
    double known = confidence(forecaster);
    for (int i = 0; i < 24; i++) {
      forecaster.observe(4 + i, 30, 20 * RATE, Phase.PREDICT);
    }
    assertTrue(confidence(forecaster) < known - 0.15, known + " then " + confidence(forecaster));
  }

  private static double confidence(Forecaster forecaster) {
    return forecaster.forecasts().stream().mapToDouble(Forecast::confidence).average().orElse(0);
  }

  @Test
  void aForecasterInPartsHasTheBitsOfOneInOneGo() {
    Forecaster whole = new Forecaster(SMALL);
    Forecaster parts = new Forecaster(SMALL);
    Curve curve = new Curve(2);
    Curve same = new Curve(2);
    for (int i = 0; i < 90; i++) {
      State saved = parts.state().copy();
      parts = new Forecaster(SMALL);
      parts.load(saved);
      curve.show(whole, 1);
      same.show(parts, 1);
      HybridRun.assertSameBits(whole.state(), parts.state(), "step " + i);
      assertEquals(whole.forecasts(), parts.forecasts());
      assertEquals(whole.errors(), parts.errors());
    }
  }

  @Test
  void theSeedDecides() {
    List<List<Forecast>> all = new ArrayList<>();
    for (long seed : new long[] {5, 5, 6}) {
      Forecaster forecaster = new Forecaster(new Settings(3, 19, 3, 3e-4, seed));
      new Curve(2).show(forecaster, 60);
      all.add(forecaster.forecasts());
    }
    assertEquals(all.get(0), all.get(1));
    assertNotEquals(all.get(0), all.get(2));
  }

  @Test
  void betweenTheHorizonsForecastsAreOnLines() {
    Forecaster forecaster = new Forecaster(SMALL);
    assertEquals(List.of(), forecaster.forecasts());
    assertTrue(Double.isNaN(forecaster.at(5).loss()));
    assertEquals(0, forecaster.at(5).confidence());
    new Curve(3).show(forecaster, 60);
    List<Forecast> points = forecaster.forecasts();
    for (Forecast point : points) {
      assertEquals(point, forecaster.at(point.steps()));
    }
    Forecast between = forecaster.at(9);
    assertEquals((points.get(1).loss() + points.get(2).loss()) / 2, between.loss(), 1e-12);
    assertEquals((points.get(1).spread() + points.get(2).spread()) / 2, between.spread(), 1e-12);
    assertEquals(points.getLast().loss(), forecaster.at(1000).loss());
    assertEquals(1, forecaster.at(0).confidence());
  }

  @Test
  void numbersThatAreNotFiniteAreRefusedAndChangeNothing() {
    Forecaster forecaster = new Forecaster(SMALL);
    new Curve(3).show(forecaster, 59);
    State before = forecaster.state().copy();
    refused("loss: expected a finite number, got NaN", forecaster, Double.NaN, 1, RATE);
    refused(
        "loss: expected a finite number, got Infinity",
        forecaster,
        Double.POSITIVE_INFINITY,
        1,
        RATE);
    refused("gradient_norm: expected 0.0 to", forecaster, 1, Double.NaN, RATE);
    refused("gradient_norm: expected 0.0 to", forecaster, 1, -1, RATE);
    refused("learning_rate: expected 0.0 to", forecaster, 1, 1, Double.NaN);
    HybridRun.assertSameBits(before, forecaster.state(), "after refusals");
    forecaster.observe(0, 0, 0, Phase.FULL);
    assertTrue(Double.isFinite(forecaster.at(20).loss()));
  }

  private static void refused(
      String message, Forecaster forecaster, double loss, double norm, double rate) {
    String got =
        assertThrows(
                IllegalArgumentException.class,
                () -> forecaster.observe(loss, norm, rate, Phase.FULL))
            .getMessage();
    assertTrue(got != null && got.startsWith(message), got);
  }

  @Test
  void settingsAndStatesThatDoNotFitAreRefused() {
    assertThrows(IllegalArgumentException.class, () -> new Settings(0, 8, 2, 1e-3, 0));
    assertThrows(IllegalArgumentException.class, () -> new Settings(1, 0, 2, 1e-3, 0));
    assertThrows(IllegalArgumentException.class, () -> new Settings(1, 8, 1, 1e-3, 0));
    assertThrows(IllegalArgumentException.class, () -> new Settings(1, 8, 2, 0, 0));
    State other = new Forecaster(new Settings(3, 20, 3, 3e-4, 5)).state();
    Forecaster forecaster = new Forecaster(SMALL);
    assertThrows(IllegalArgumentException.class, () -> forecaster.load(other));
    assertThrows(IllegalArgumentException.class, () -> forecaster.at(-1));
  }
}
