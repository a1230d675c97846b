package io.tritter.hybrid;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tritter.hybrid.Forecaster.Settings;
import io.tritter.optim.State;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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
        forecaster.observe(loss, norm, RATE, step <= 40 ? Phase.WARMUP : Phase.FULL, Kind.OFF);
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

  /**
   * A loss that falls by the square root of the steps of a run, of which a step of one kind counts
   * as two, with noise; kinds take turns, each for 20 to 60 steps.
   */
  private static final class Turns {
    private static final double NOISE = 0.01;

    private final SplittableRandom random;
    private Kind kind = Kind.OFF;
    private int left = 30;
    private double done;

    Turns(long seed) {
      random = new SplittableRandom(seed);
    }

    /** The loss without noise, so many steps of a kind from now. */
    double after(Kind kind, int steps) {
      return 6 - 0.1 * Math.sqrt(done + steps * (kind == Kind.BATCH ? 2 : 1));
    }

    void show(Forecaster forecaster, int steps) {
      for (int i = 0; i < steps; i++) {
        if (left == 0) {
          kind = kind == Kind.OFF ? Kind.BATCH : Kind.OFF;
          left = random.nextInt(20, 61);
        }
        left--;
        done += kind == Kind.BATCH ? 2 : 1;
        double loss = after(kind, 0) + NOISE * random.nextGaussian();
        double norm = Math.exp(0.1 * random.nextGaussian());
        Phase phase = kind == Kind.OFF ? Phase.FULL : Phase.PREDICT;
        forecaster.observe(loss, norm, RATE, phase, kind);
      }
    }
  }

  /** Means over 20 places of a curve: what is forecast at the farthest horizon, and the truth. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void aKindThatFallsTwiceAsFastIsForecastSo(long seed) {
    Forecaster forecaster = new Forecaster(Settings.DEFAULT);
    Turns turns = new Turns(seed);
    turns.show(forecaster, 1200);
    double[] falls = new double[2];
    double[] truth = new double[2];
    List<Kind> kinds = List.of(Kind.OFF, Kind.BATCH);
    for (int i = 0; i < 20; i++) {
      turns.show(forecaster, 17);
      for (int k = 0; k < 2; k++) {
        Forecast farthest = forecaster.forecasts(kinds.get(k)).getLast();
        falls[k] += (turns.after(Kind.OFF, 0) - farthest.loss()) / 20;
        truth[k] += (turns.after(Kind.OFF, 0) - turns.after(kinds.get(k), 32)) / 20;
      }
    }
    for (int k = 0; k < 2; k++) {
      assertEquals(truth[k], falls[k], 0.4 * truth[k], kinds.get(k).toString());
    }
    double apart = truth[1] - truth[0];
    assertEquals(apart, falls[1] - falls[0], 0.4 * apart, "apart");
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
      forecaster.observe(losses.get(i), 1, RATE, Phase.FULL, Kind.OFF);
      made.add(forecaster.forecasts(Kind.OFF).get(1).loss()); // two ticks ahead
      if (i >= 3) {
        sums[0] += Math.abs(made.get(i - 2) - losses.get(i)) / 21;
        sums[1] += Math.abs(losses.get(i - 2) - losses.get(i)) / 21;
      }
    }
    ForecastError error = forecaster.errors().get(1);
    assertEquals(Kind.OFF, error.kind());
    assertEquals(21, error.compared());
    assertEquals(sums[0], error.forecast(), FLOAT32);
    assertEquals(sums[1], error.lastValue(), FLOAT32);
  }

  /** Of the forecasts for both kinds at each tick, those count whose kind all ticks kept to. */
  @Test
  void errorsAreKeptByKindWhereItWasKeptTo() {
    Forecaster forecaster = new Forecaster(new Settings(1, 7, 2, 3e-4, 1));
    List<Kind> kinds = List.of(Kind.OFF, Kind.BATCH);
    List<List<Double>> made = new ArrayList<>();
    double[] sums = new double[2];
    int[] compared = new int[2];
    SplittableRandom random = new SplittableRandom(4);
    for (int i = 0; i < 32; i++) {
      int now = i / 5 % 2;
      double loss = 3 - 0.1 * i + 0.1 * random.nextGaussian();
      Phase phase = now == 0 ? Phase.FULL : Phase.PREDICT;
      forecaster.observe(loss, 1, RATE, phase, kinds.get(now));
      made.add(kinds.stream().map(kind -> forecaster.forecasts(kind).get(1).loss()).toList());
      if (i >= 3 && (i - 1) / 5 % 2 == now) { // two ticks of a kind
        sums[now] += Math.abs(made.get(i - 2).get(now) - loss);
        compared[now]++;
      }
    }
    for (ForecastError error : forecaster.errors()) {
      int kind = kinds.indexOf(error.kind());
      if (error.steps() == 2) {
        assertEquals(compared[kind], error.compared());
        assertEquals(sums[kind] / compared[kind], error.forecast(), FLOAT32);
      }
    }
    assertEquals(
        List.of(Kind.OFF, Kind.OFF, Kind.OFF, Kind.BATCH, Kind.BATCH, Kind.BATCH),
        forecaster.errors().stream().map(ForecastError::kind).toList()); // 8 ahead never counts
  }

  @Test
  void aTickEndsWhereTheKindChanges() {
    Forecaster forecaster = new Forecaster(SMALL);
    List<Kind> steps =
        List.of(Kind.OFF, Kind.OFF, Kind.OFF, Kind.OFF, Kind.BATCH, Kind.BATCH, Kind.CONTEXT);
    for (int i = 0; i < steps.size(); i++) {
      Phase phase = steps.get(i) == Kind.OFF ? Phase.FULL : Phase.PREDICT;
      forecaster.observe(i, 1, RATE, phase, steps.get(i));
    }
    assertEquals(List.of(1f, 3f, 4.5f), losses(forecaster));
    assertEquals(6, forecaster.state().number("tick.loss_sum"));
  }

  @Test
  void aStretchWithoutPassesIsATickThatEndsWithTheNextLoss() {
    Forecaster forecaster = new Forecaster(SMALL);
    new Curve(3).show(forecaster, 1);
    for (int i = 0; i < 7; i++) {
      forecaster.jump(Kind.COASTING);
    }
    forecaster.observe(9, 1, RATE, Phase.CORRECT, Kind.OFF);
    List<Float> losses = losses(forecaster);
    assertEquals(2, losses.size());
    assertEquals(9, losses.getLast());
    assertEquals(9, forecaster.state().number("tick.loss_sum"));
    assertThrows(IllegalArgumentException.class, () -> forecaster.jump(Kind.BATCH));
  }

  private static List<Float> losses(Forecaster forecaster) {
    State window = forecaster.state().part("window.");
    List<Float> losses = new ArrayList<>();
    for (int i = 0; i < window.count("count"); i++) {
      losses.add(window.tensor("losses", 16).get(i));
    }
    return losses;
  }

  @Test
  void aKindIsReachedAsFarAsItWasComparedOften() {
    Forecaster forecaster = new Forecaster(new Settings(2, 7, 2, 3e-4, 1));
    for (int i = 0; i < 16; i++) {
      for (int step = 0; step < 4; step++) {
        forecaster.observe(3, 1, RATE, Phase.FULL, Kind.OFF);
      }
      for (int step = 0; step < 10; step++) {
        forecaster.observe(3, 1, RATE, Phase.PREDICT, Kind.BATCH);
      }
      forecaster.jump(Kind.LINEAR);
    }
    assertEquals(8, forecaster.reach(Kind.BATCH)); // 4 of its 5 ticks
    assertEquals(0, forecaster.reach(Kind.CONTEXT));
    // the last is still without a loss
    assertEquals(0, forecaster.reach(Kind.LINEAR));
    forecaster.observe(3, 1, RATE, Phase.CORRECT, Kind.OFF);
    assertEquals(2, forecaster.reach(Kind.LINEAR));
  }

  @Test
  void whatAnUndoneAttemptHasTaughtStays() {
    Forecaster forecaster = new Forecaster(SMALL);
    Turns turns = new Turns(3);
    turns.show(forecaster, 30);
    State before = forecaster.state().copy();
    Snapshot snapshot = Snapshot.of(Map.of("curve", forecaster.curve()));
    turns.show(forecaster, 25);
    State after = forecaster.state().copy();
    snapshot.restore();
    for (String part : List.of("tick.", "window.", "features.")) {
      HybridRun.assertSameBits(before.part(part), forecaster.state().part(part), part);
    }
    for (String part : List.of("network.", "drifts.", "score.")) {
      HybridRun.assertSameBits(after.part(part), forecaster.state().part(part), part);
    }
    assertTrue(forecaster.errors().stream().anyMatch(error -> error.kind() == Kind.BATCH));
  }

  @Test
  void ofALineTheErrorOfTheLineIsZero() {
    Forecaster forecaster = new Forecaster(SMALL);
    for (int i = 0; i < 90; i++) {
      forecaster.observe(9 - 0.05 * i, 1, RATE, Phase.FULL, Kind.OFF);
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
      forecaster.observe(4 + i, 30, 20 * RATE, Phase.PREDICT, Kind.BATCH);
    }
    assertTrue(confidence(forecaster) < known - 0.15, known + " then " + confidence(forecaster));
  }

  private static double confidence(Forecaster forecaster) {
    return forecaster.forecasts(Kind.OFF).stream()
        .mapToDouble(Forecast::confidence)
        .average()
        .orElse(0);
  }

  @Test
  void aForecasterInPartsHasTheBitsOfOneInOneGo() {
    Forecaster whole = new Forecaster(SMALL);
    Forecaster parts = new Forecaster(SMALL);
    Turns curve = new Turns(2);
    Turns same = new Turns(2);
    for (int i = 0; i < 130; i++) {
      State saved = parts.state().copy();
      parts = new Forecaster(SMALL);
      parts.load(saved);
      if (i % 50 > 45) {
        whole.jump(Kind.LINEAR);
        parts.jump(Kind.LINEAR);
      } else {
        curve.show(whole, 1);
        same.show(parts, 1);
      }
      HybridRun.assertSameBits(whole.state(), parts.state(), "step " + i);
      for (Kind kind : Kind.values()) {
        assertEquals(whole.forecasts(kind), parts.forecasts(kind));
        assertEquals(whole.reach(kind), parts.reach(kind));
      }
      HybridRun.assertSameBits(whole.state(), parts.state(), "after questions " + i);
      assertEquals(whole.errors(), parts.errors());
    }
  }

  @Test
  void theSeedDecides() {
    List<List<Forecast>> all = new ArrayList<>();
    for (long seed : new long[] {5, 5, 6}) {
      Forecaster forecaster = new Forecaster(new Settings(3, 19, 3, 3e-4, seed));
      new Turns(2).show(forecaster, 90);
      all.add(forecaster.forecasts(Kind.BATCH));
    }
    assertEquals(all.get(0), all.get(1));
    assertNotEquals(all.get(0), all.get(2));
  }

  @Test
  void betweenTheHorizonsForecastsAreOnLines() {
    Forecaster forecaster = new Forecaster(SMALL);
    assertEquals(List.of(), forecaster.forecasts(Kind.OFF));
    assertTrue(Double.isNaN(forecaster.at(Kind.OFF, 5).loss()));
    assertEquals(0, forecaster.at(Kind.OFF, 5).confidence());
    new Curve(3).show(forecaster, 60);
    List<Forecast> points = forecaster.forecasts(Kind.OFF);
    for (Forecast point : points) {
      assertEquals(point, forecaster.at(Kind.OFF, point.steps()));
    }
    Forecast between = forecaster.at(Kind.OFF, 9);
    assertEquals((points.get(1).loss() + points.get(2).loss()) / 2, between.loss(), 1e-12);
    assertEquals((points.get(1).spread() + points.get(2).spread()) / 2, between.spread(), 1e-12);
    assertEquals(points.getLast().loss(), forecaster.at(Kind.OFF, 1000).loss());
    assertEquals(1, forecaster.at(Kind.OFF, 0).confidence());
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
    refused("gradient_norm: expected a finite number", forecaster, 1, Double.NaN, RATE);
    refused("gradient_norm: expected at least 0.0", forecaster, 1, -1, RATE);
    refused("learning_rate: expected a finite number", forecaster, 1, 1, Double.NaN);
    for (Kind kind : List.of(Kind.BATCH, Kind.OFF)) {
      Phase phase = kind == Kind.OFF ? Phase.PREDICT : Phase.CORRECT;
      assertThrows(
          IllegalArgumentException.class, () -> forecaster.observe(1, 1, RATE, phase, kind));
    }
    HybridRun.assertSameBits(before, forecaster.state(), "after refusals");
    forecaster.observe(0, 0, 0, Phase.FULL, Kind.OFF);
    assertTrue(Double.isFinite(forecaster.at(Kind.OFF, 20).loss()));
  }

  private static void refused(
      String message, Forecaster forecaster, double loss, double norm, double rate) {
    String got =
        assertThrows(
                IllegalArgumentException.class,
                () -> forecaster.observe(loss, norm, rate, Phase.FULL, Kind.OFF))
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
    assertThrows(IllegalArgumentException.class, () -> forecaster.at(Kind.OFF, -1));
  }
}
