package io.tritter.hybrid;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tritter.hybrid.HybridStep.Verdict;
import io.tritter.optim.Optimizer;
import io.tritter.optim.State;
import io.tritter.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class HybridTrainerTest {
  private static final int STEPS = 150;

  /** Throws the weights far off, without a pass. */
  private record Wrecking(float distance) implements PredictKind {
    @Override
    public @Nullable Effort effort(double strength) {
      return null;
    }

    @Override
    public double update(
        long step, double strength, Optimizer optimizer, double rate, double clipNorm) {
      return optimizer.step(distance, clipNorm);
    }
  }

  private static List<HybridStep> run(HybridRun run, int steps) {
    List<HybridStep> all = new ArrayList<>();
    for (int i = 0; i < steps; i++) {
      all.add(run.step());
    }
    return all;
  }

  @Test
  void phasesFollowEachOther() {
    HybridRun run = new HybridRun(Configs.trying(Kind.BATCH));
    String phases = "";
    for (HybridStep step : run(run, 60)) {
      phases += step.phase().name().charAt(0);
    }
    assertTrue(phases.matches("W{6}F{8,}P{5}C{3}F{8}.*"), phases);
  }

  @ParameterizedTest
  @EnumSource(mode = Mode.EXCLUDE, names = "OFF")
  void aStepInPredictRunsNoMoreThanItsKindSaysAndChangesWeights(Kind kind) {
    HybridRun run = new HybridRun(Configs.trying(kind));
    int predicted = 0;
    for (int i = 0; i < STEPS; i++) {
      State before = run.state();
      int full = run.model.fullPasses;
      int part = run.model.partPasses;
      boolean needsBatch = run.trainer.needsBatch();
      HybridStep step = run.step();
      if (step.phase() == Phase.PREDICT) {
        predicted++;
        assertEquals(kind, step.kind());
        assertEquals(full, run.model.fullPasses);
        assertEquals(part + (kind.jumps() ? 0 : 1), run.model.partPasses);
        assertEquals(!kind.jumps(), needsBatch);
        assertEquals(kind.jumps(), Double.isNaN(step.loss()));
        assertTrue(step.cost() < 1, step.toString());
        assertNotEquals(
            before.tensor("weights.first", 7, 3).get(4), run.model.first.value().get(4));
      } else {
        assertEquals(full + 1, run.model.fullPasses);
      }
    }
    assertTrue(predicted >= 5, predicted + " PREDICT steps");
  }

  @Test
  void anAttemptThatEndsBadlyIsUndoneToTheBit() {
    HybridRun run =
        new HybridRun(
            Configs.trying(Kind.COASTING).withForecast(true),
            0.1,
            Map.of(Kind.COASTING, new Wrecking(0.5f)));
    while (run.trainer.phase() != Phase.PREDICT) {
      run.step();
    }
    State before = run.state();
    HybridStep step = run.step();
    while (step.verdict() == Verdict.NONE) {
      for (String part : List.of("weights.", "optimizer.")) {
        assertThrows(
            AssertionError.class,
            () -> HybridRun.assertSameBits(before.part(part), run.state().part(part), part));
      }
      step = run.step();
    }
    assertEquals(Verdict.ROLLED_BACK, step.verdict());
    for (String part :
        List.of(
            "weights.",
            "optimizer.",
            "batches.",
            "trainer.monitor.",
            "trainer.forecaster.tick.",
            "trainer.forecaster.window.",
            "trainer.forecaster.features.")) {
      HybridRun.assertSameBits(before.part(part), run.state().part(part), part);
    }
  }

  @Test
  void whenEveryAttemptIsUndoneTrainingIsThatOfFullStepsToTheBit() {
    HybridRun run =
        new HybridRun(
            Configs.with(Kind.COASTING, 0.2, Correction.NONE),
            0.1,
            Map.of(Kind.COASTING, new Wrecking(3)));
    int wasted = 0;
    int sinceStart = 0;
    while (run.trainer.stats().rolledBack() < 2 || run.trainer.phase() != Phase.FULL) {
      HybridStep step = run.step();
      sinceStart =
          step.phase() == Phase.PREDICT || step.phase() == Phase.CORRECT ? sinceStart + 1 : 0;
      wasted += step.verdict() == Verdict.ROLLED_BACK ? sinceStart : 0;
      assertTrue(step.step() < 2000);
    }
    int useful = (int) total(run) - wasted;
    HybridRun plain = new HybridRun(Configs.opening(Opening.NONE));
    run(plain, useful);
    HybridRun.assertSameBits(
        plain.state().part("weights."), run.state().part("weights."), "weights");
    HybridRun.assertSameBits(
        plain.state().part("optimizer."), run.state().part("optimizer."), "optimizer");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void layersThatComeInAtTheEndOfTheOpeningAreCopiesOnlyIfItStacks(boolean stack) {
    HybridRun run =
        new HybridRun(Configs.opening(new Opening(Kind.SHALLOW, 40, List.of(0.25, 0.5), stack)));
    while (run.trainer.phase() != Phase.PREDICT) {
      run.step();
    }
    assertEquals(stack, run.model.second.value().get(4) == 0);
    assertEquals(Kind.SHALLOW, run.step().kind());
    for (int i = 1; i < 40; i++) {
      assertTrue(!stack || run.model.second.value().get(4) == 0, "what stays has no say");
      assertNotEquals(run.model.first.value().get(4), run.model.second.value().get(4));
      assertEquals(Kind.SHALLOW, run.step().kind());
    }
    assertEquals(Phase.CORRECT, run.trainer.phase());
    float[] first = run.model.first.value().toArray();
    assertEquals(stack, Arrays.equals(first, run.model.second.value().toArray()));
    State moments = run.optimizer.state();
    for (String moment : List.of("first_moment.", "second_moment.")) {
      float[] below = moments.tensor(moment + "first", 7, 3).toArray();
      float[] above = moments.tensor(moment + "second", 7, 3).toArray();
      assertEquals(stack, Arrays.equals(below, above), moment);
    }
  }

  private static long total(HybridRun run) {
    return run.trainer.stats().phases().values().stream()
        .mapToLong(HybridStats.PhaseTotal::steps)
        .sum();
  }

  static List<HybridConfig> resumable() {
    List<HybridConfig> all = new ArrayList<>();
    for (Kind kind : EnumSet.complementOf(EnumSet.of(Kind.OFF))) {
      all.add(Configs.trying(kind));
    }
    all.add(Configs.with(Kind.LINEAR, 0.5, new Correction(Correction.Form.SPARSE_TERNARY, 0.5, 1)));
    all.add(Configs.with(Kind.DISPLACEMENT, 0.5, new Correction(Correction.Form.LOW_RANK, 0.5, 2)));
    all.add(Configs.opening(new Opening(Kind.BATCH, 40, List.of(0.25, 0.5))));
    all.add(Configs.opening(new Opening(Kind.SHALLOW, 40, List.of(0.25, 0.5), true)));
    all.add(Configs.opening(new Opening(Kind.EMBEDDINGS, 40, List.of(1.0))));
    HybridConfig raised = Configs.opening(Opening.NONE);
    all.add(raised.withMostRate(8));
    all.add(Configs.trying(Kind.BATCH).withForecast(true));
    return all;
  }

  @ParameterizedTest
  @MethodSource("resumable")
  void aRunInPartsHasTheBitsOfOneInOneGo(HybridConfig config) {
    HybridRun whole = new HybridRun(config);
    HybridRun parts = new HybridRun(config);
    long predicted = 0;
    for (int i = 0; i < STEPS; i++) {
      State saved = parts.state();
      parts = new HybridRun(config);
      parts.load(saved);
      HybridStep expected = whole.step();
      predicted += expected.phase() == Phase.PREDICT ? 1 : 0;
      assertEquals(expected.phase(), parts.step().phase(), "step " + i);
      HybridRun.assertSameBits(whole.state(), parts.state(), "step " + i);
    }
    HybridStats stats = whole.trainer.stats();
    assertTrue(predicted > 0 || stats.rateFactor() > 1, stats.toString());
  }

  @Test
  void anAttemptWaitsWhileTheHeadsOfTheForecasterAreApart() {
    HybridConfig config = Configs.trying(Kind.BATCH).withForecast(true);
    HybridRun sure = new HybridRun(config);
    run(sure, 10);
    State state = sure.state();
    HybridRun unsure = new HybridRun(config);
    Tensor bias = state.tensor("trainer.forecaster.network.weight.heads.bias", 20);
    for (int i = 0; i < bias.size() / 2; i++) {
      bias.set(i, 50);
    }
    unsure.load(state);
    assertTrue(run(sure, 60).stream().anyMatch(step -> step.phase() == Phase.PREDICT));
    assertTrue(run(unsure, 60).stream().allMatch(step -> step.phase() == Phase.FULL));
    assertEquals(0, unsure.trainer.stats().declined());
  }

  @ParameterizedTest
  @ValueSource(ints = {15, 16})
  void anAttemptWaitsWhileTheHeadsAreApartAboutItsKindOnceTheyKnowIt(int compared) {
    HybridRun run = new HybridRun(Configs.trying(Kind.BATCH).withForecast(true));
    run(run, 10);
    State state = run.state();
    Map<String, Double> numbers = new HashMap<>(state.numbers());
    for (int ticks : new int[] {1, 2}) {
      numbers.put("trainer.forecaster.score.BATCH." + ticks + ".compared", (double) compared);
    }
    Tensor heads = state.tensor("trainer.forecaster.network.weight.heads.input", 20, 64);
    Tensor plan = Tensor.zeros(64);
    ForecasterFeatures.plan(Kind.BATCH, plan);
    for (int head = 0; head < 10; head++) {
      heads.rows(head, head + 1).reshape(64).axpby(50, plan, 1);
    }
    HybridRun other = new HybridRun(Configs.trying(Kind.BATCH).withForecast(true));
    other.load(new State(state.tensors(), numbers));
    boolean tried = run(other, 30).stream().anyMatch(step -> step.phase() == Phase.PREDICT);
    assertEquals(compared < 16, tried);
    assertEquals(0, other.trainer.stats().declined());
  }

  @Test
  void theErrorOfForecastsIsReportedWhereTheyAreAskedFor() {
    HybridRun without = new HybridRun(Configs.trying(Kind.BATCH));
    run(without, 20);
    assertEquals(List.of(), without.trainer.stats().forecasts());
    HybridRun with = new HybridRun(Configs.trying(Kind.BATCH).withForecast(true));
    run(with, STEPS);
    List<ForecastError> errors = with.trainer.stats().forecasts();
    for (Kind kind : List.of(Kind.OFF, Kind.BATCH)) {
      assertTrue(errors.stream().anyMatch(error -> error.kind() == kind), kind.toString());
    }
    for (ForecastError error : errors) {
      assertTrue(error.forecast() > 0 && error.lastValue() > 0, error.toString());
    }
  }

  @Test
  void aPredictorThatIsAlwaysWrongCostsThreePercentAtMost() {
    for (float wrong : new float[] {0.02f, 0.1f, 0.5f, 30}) {
      HybridConfig config = Configs.with(Kind.COASTING, 0.03, Correction.NONE);
      HybridRun run = new HybridRun(config, 0.1, Map.of(Kind.COASTING, new Wrecking(wrong)));
      double cost = 0;
      double wasted = 0;
      double attempt = 0;
      for (int i = 0; i < 3000; i++) {
        HybridStep step = run.step();
        cost += step.cost();
        boolean trying = step.phase() == Phase.PREDICT || step.phase() == Phase.CORRECT;
        attempt = trying ? attempt + step.cost() : 0;
        wasted += step.verdict() == Verdict.ROLLED_BACK ? attempt : 0;
        if (step.verdict() == Verdict.KEPT) {
          // of what was kept the full steps are worth their cost
          wasted += attempt - config.recoverySteps();
        }
      }
      double measuring = run.model.forwardPasses * Trainable.FORWARD_COST;
      assertTrue(run.trainer.stats().tried() > 0, "attempts");
      double plain = cost - wasted;
      assertTrue(
          cost + measuring <= 1.03 * plain,
          "%s: %.1f + %.1f for %.1f".formatted(wrong, cost, measuring, plain));
      assertTrue(
          run.trainer.stats().arms().stream().allMatch(arm -> arm.rejections() <= 3),
          run.trainer.stats().toString());
    }
  }

  @Test
  void aKindThatPaysIsKept() {
    HybridConfig config = Configs.with(Kind.BATCH, 0.1, Correction.NONE);
    HybridRun run = new HybridRun(config, 0, Map.of(), 0.0005);
    run(run, 400);
    HybridStats stats = run.trainer.stats();
    assertTrue(stats.kept() >= 5, stats.toString());
    assertTrue(stats.arms().get(0).advantage() > 0, stats.toString());
  }

  @Test
  void anOpeningRunsItsStagesAndThenFullSteps() {
    Opening opening = new Opening(Kind.BATCH, 10, List.of(0.25, 0.5));
    HybridRun run = new HybridRun(Configs.opening(opening));
    List<HybridStep> steps = run(run, 30);
    for (int i = 0; i < 30; i++) {
      double cost = i < 6 ? 1 : i < 11 ? 0.25 : i < 16 ? 0.5 : 1;
      assertEquals(cost, steps.get(i).cost(), "step " + i);
      double rate = HybridRun.RATE * Math.sqrt(cost);
      assertEquals(rate, steps.get(i).learningRate(), "step " + i);
      Phase phase =
          i < 6 ? Phase.WARMUP : i < 16 ? Phase.PREDICT : i < 19 ? Phase.CORRECT : Phase.FULL;
      assertEquals(phase, steps.get(i).phase(), "step " + i);
    }
  }

  @Test
  void aLossThatIsNotFiniteIsRefusedOutsideOfAttemptsAndUndoneInside() {
    HybridRun outside = new HybridRun(Configs.opening(Opening.NONE));
    outside.model.first.value().set(0, Float.NaN);
    float before = outside.model.second.value().get(3);
    assertThrows(IllegalArgumentException.class, outside::step);
    assertEquals(before, outside.model.second.value().get(3));

    HybridRun inside =
        new HybridRun(
            Configs.trying(Kind.COASTING), 0.1, Map.of(Kind.COASTING, new Wrecking(1e30f)));
    List<HybridStep> steps = run(inside, STEPS);
    assertTrue(
        steps.stream().anyMatch(step -> step.divergence() == Divergence.CRITICAL),
        inside.trainer.stats().toString());
    assertTrue(inside.trainer.stats().rolledBack() > 0);
    assertEquals(0, inside.trainer.stats().kept());
    assertTrue(Float.isFinite(inside.model.first.value().get(0)));
  }

  @Test
  void attemptsCanBeJudgedByTheLossesOfStepsAlone() {
    HybridRun run = new HybridRun(new Regression(0.1), Configs.trying(Kind.BATCH), Map.of(), null);
    run(run, STEPS);
    assertTrue(run.trainer.stats().tried() > 0);
    assertEquals(0, run.model.forwardPasses);
  }

  @Test
  void timeBelongsToPhasesAndTheTrainersOwnIsAShareOfIt() {
    HybridRun run = new HybridRun(Configs.trying(Kind.BATCH));
    run(run, STEPS);
    HybridStats stats = run.trainer.stats();
    assertEquals(STEPS, total(run));
    stats.phases().values().forEach(total -> assertTrue(total.seconds() > 0, stats.toString()));
    assertTrue(stats.overhead() > 0 && stats.overhead() < 1, stats.toString());
    assertTrue(stats.progress() > 0, stats.toString());
  }
}
