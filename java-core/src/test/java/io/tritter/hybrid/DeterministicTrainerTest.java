package io.tritter.hybrid;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tritter.optim.ParameterShapes;
import io.tritter.optim.State;
import io.tritter.tensor.Tensor;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class DeterministicTrainerTest {
  private static final ParameterShapes SHAPES =
      ParameterShapes.of(
          List.of("embed.weight", "norm", "kernel"),
          List.of(new int[] {5, 3}, new int[] {17}, new int[] {2, 2, 3}));
  private static final PhaseSchedule SHORT = new PhaseSchedule(3, 2, 4, 2);

  @Test
  void gradientsAreAskedForOnlyWhenTheStepNeedsThem() {
    DeterministicTrainer trainer = DeterministicTrainer.of(SHAPES, SHORT);
    AtomicInteger backwardPasses = new AtomicInteger();
    for (int i = 0; i < 60; i++) {
      int step = i;
      trainer.step(
          () -> {
            backwardPasses.incrementAndGet();
            return gradients(step);
          },
          1);
    }
    TrainerStats stats = trainer.stats();
    assertTrue(stats.predictSteps() > 20, stats.toString());
    assertEquals(60 - stats.predictSteps(), backwardPasses.get());
    assertEquals(60.0 / backwardPasses.get(), stats.speedup());
  }

  @Test
  void theNextNeedIsKnownInAdvanceInThreeWays() {
    DeterministicTrainer trainer = DeterministicTrainer.of(SHAPES, SHORT);
    boolean announced = true;
    for (int i = 0; i < 60; i++) {
      assertEquals(announced, trainer.needsBackward(), "step " + i);
      assertEquals(announced, trainer.beginStep().needsBackward(), "step " + i);
      StepResult result = trainer.step(announced ? gradients(i) : null, 1);
      assertEquals(announced, result.needsBackward(), "step " + i);
      assertEquals(announced, result.predictedGradients() == null, "step " + i);
      announced = result.nextNeedsBackward();
    }
  }

  @Test
  void predictionsHaveTheNamesAndShapesOfTheParameters() {
    DeterministicTrainer trainer = run(DeterministicTrainer.of(SHAPES, SHORT), 0, 5);
    Map<String, Tensor> predicted = requireNonNull(trainer.step(Map.of(), 1).predictedGradients());
    assertEquals(List.of("embed.weight", "norm", "kernel"), List.copyOf(predicted.keySet()));
    for (int i = 0; i < SHAPES.count(); i++) {
      assertEquals(
          Arrays.toString(SHAPES.shape(i)),
          Arrays.toString(requireNonNull(predicted.get(SHAPES.name(i))).shape()));
    }
  }

  @Test
  void theNextPredictionReusesTheBuffers() {
    DeterministicTrainer trainer = run(DeterministicTrainer.of(SHAPES, SHORT), 0, 5);
    Map<String, Tensor> first = requireNonNull(trainer.step(Map.of(), 1).predictedGradients());
    Map<String, Tensor> second = requireNonNull(trainer.step(Map.of(), 1).predictedGradients());
    assertSame(first.get("norm"), second.get("norm"));
  }

  @Test
  void aPredictStepDoesNotLookAtGradients() {
    DeterministicTrainer trainer = run(DeterministicTrainer.of(SHAPES, SHORT), 0, 5);
    StepResult result = trainer.step(Map.of("norm", Tensor.zeros(1)), 1);
    assertEquals(Phase.PREDICT, result.phase());
    assertNotNull(result.predictedGradients());
  }

  @Test
  void phaseIsThatOfTheLastStepUntilTheNextBegins() {
    DeterministicTrainer trainer = run(DeterministicTrainer.of(SHAPES, SHORT), 0, 5);
    assertEquals(Phase.FULL, trainer.phase());
    assertEquals(Phase.PREDICT, trainer.beginStep());
    assertEquals(Phase.PREDICT, trainer.phase());
    assertEquals(5, trainer.stats().totalSteps());
  }

  @Test
  void badGradientsAreRefusedByNameAndIndexAndChangeNothing() {
    DeterministicTrainer trainer = run(DeterministicTrainer.of(SHAPES, SHORT), 0, 2);
    Map<String, Number> bits = bits(trainer.state());
    TrainerStats stats = trainer.stats();

    Map<String, Tensor> unknown = gradients(2);
    unknown.put("nrom", Tensor.zeros(17));
    assertRefused(
        trainer, unknown, "gradients: expected one of [embed.weight, norm, kernel], got 'nrom'");
    Map<String, Tensor> missing = gradients(2);
    missing.remove("norm");
    assertRefused(trainer, missing, "gradients: expected a gradient of 'norm', got none");
    Map<String, Tensor> turned = gradients(2);
    turned.put("embed.weight", Tensor.zeros(3, 5));
    assertRefused(trainer, turned, "gradients[embed.weight]: expected shape [5, 3], got [3, 5]");
    Map<String, Tensor> nan = gradients(2);
    requireNonNull(nan.get("norm")).set(16, Float.NaN);
    assertRefused(trainer, nan, "gradients[norm][16]: expected a finite number, got NaN");
    Map<String, Tensor> infinite = gradients(2);
    requireNonNull(infinite.get("kernel")).set(0, Float.NEGATIVE_INFINITY);
    assertRefused(
        trainer, infinite, "gradients[kernel][0]: expected a finite number, got -Infinity");
    assertRefused(trainer, null, "gradients: expected gradients in phase WARMUP, got none");

    assertEquals(stats, trainer.stats());
    assertEquals(bits, bits(trainer.state()));
  }

  @ParameterizedTest
  @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY, 1e300})
  void aLossThatIsNotFiniteInFloat32IsRefused(double loss) {
    DeterministicTrainer trainer = DeterministicTrainer.of(SHAPES, SHORT);
    assertThrows(IllegalArgumentException.class, () -> trainer.step(gradients(0), loss));
    assertEquals(0, trainer.stats().totalSteps());
  }

  @Test
  void aFailingSupplierChangesNothing() {
    DeterministicTrainer trainer = run(DeterministicTrainer.of(SHAPES, SHORT), 0, 2);
    Map<String, Number> bits = bits(trainer.state());
    assertThrows(
        ArithmeticException.class,
        () ->
            trainer.step(
                () -> {
                  throw new ArithmeticException();
                },
                1));
    assertEquals(bits, bits(trainer.state()));
  }

  @Test
  void resetForgetsEverything() {
    DeterministicTrainer trainer = run(DeterministicTrainer.of(SHAPES, SHORT), 0, 33);
    trainer.reset();
    assertEquals(new TrainerStats(0, 0, 0, 0, 0, 0, 1, 0, 0), trainer.stats());
    assertEquals(
        bits(run(DeterministicTrainer.of(SHAPES, SHORT), 0, 40).state()),
        bits(run(trainer, 0, 40).state()));
  }

  static List<Integer> splits() {
    return List.of(0, 1, 3, 5, 6, 20, 21, 22, 23, 24, 25, 26, 39);
  }

  @ParameterizedTest
  @MethodSource("splits")
  void savedAndResumedTrainingHasTheSameBits(int split) {
    for (boolean window : new boolean[] {false, true}) {
      DeterministicTrainer whole = run(adaptive(window), 0, 40);
      State saved = run(adaptive(window), 0, split).state().copy();
      DeterministicTrainer resumed = run(adaptive(window), 0, 7);
      resumed.load(saved);
      run(resumed, split, 40);
      assertEquals(whole.stats(), resumed.stats());
      assertEquals(bits(whole.state()), bits(resumed.state()), "after step " + split);
    }
  }

  @Test
  void aStepThatHasBegunIsSavedAsBegun() {
    DeterministicTrainer trainer = run(DeterministicTrainer.of(SHAPES, SHORT), 0, 10);
    trainer.beginStep();
    DeterministicTrainer resumed = DeterministicTrainer.of(SHAPES, SHORT);
    resumed.load(trainer.state());
    assertEquals(trainer.phase(), resumed.phase());
    assertEquals(trainer.stats().cycles(), resumed.stats().cycles());
    assertEquals(bits(run(trainer, 10, 30).state()), bits(run(resumed, 10, 30).state()));
  }

  @Test
  void aStateThatDoesNotFitIsRefusedAndChangesNothing() {
    State saved = run(DeterministicTrainer.of(SHAPES, SHORT), 0, 12).state();
    DeterministicTrainer trainer = run(DeterministicTrainer.of(SHAPES, SHORT), 0, 4);
    Map<String, Number> bits = bits(trainer.state());
    for (String name : saved.numbers().keySet()) {
      assertMissing(trainer, without(saved, name), name);
    }
    for (String name : saved.tensors().keySet()) {
      assertMissing(trainer, without(saved, name), name);
    }
    DeterministicTrainer window = adaptive(true);
    assertThrows(IllegalArgumentException.class, () -> window.load(saved));
    assertEquals(bits, bits(trainer.state()));
  }

  private static void assertMissing(DeterministicTrainer trainer, State state, String name) {
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> trainer.load(state), name);
    String tail = name.substring(name.indexOf('.') + 1);
    assertTrue(e.toString().contains(tail), e.toString());
  }

  private static State without(State state, String name) {
    Map<String, Tensor> tensors = new LinkedHashMap<>(state.tensors());
    Map<String, Double> numbers = new LinkedHashMap<>(state.numbers());
    tensors.remove(name);
    numbers.remove(name);
    return new State(tensors, numbers);
  }

  private static DeterministicTrainer adaptive(boolean window) {
    return new DeterministicTrainer(
        window
            ? LinearPredictor.window(SHAPES, 10, LinearPredictor.DEFAULT_DECAY)
            : LinearPredictor.runningSums(SHAPES),
        SHORT,
        AdaptiveLengths.DEFAULT);
  }

  private static DeterministicTrainer run(DeterministicTrainer trainer, int from, int to) {
    for (int i = from; i < to; i++) {
      trainer.step(gradients(i), 2.0 / (1 + i));
    }
    return trainer;
  }

  private static Map<String, Tensor> gradients(int step) {
    Map<String, Tensor> gradients = new LinkedHashMap<>(SHAPES.named(SHAPES.zeros()));
    for (Tensor g : gradients.values()) {
      for (long i = 0; i < g.size(); i++) {
        g.set(i, (float) Math.sin(0.1 * step + 0.7 * i + g.size()));
      }
    }
    return gradients;
  }

  private static void assertRefused(
      DeterministicTrainer trainer, @Nullable Map<String, Tensor> gradients, String message) {
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> trainer.step(gradients, 1));
    assertEquals(message, e.getMessage());
  }

  /** Every number of a state; equal maps mean equal bits, -0 and 0 apart. */
  private static Map<String, Number> bits(State state) {
    Map<String, Number> bits = new LinkedHashMap<>(state.numbers());
    state
        .tensors()
        .forEach(
            (name, tensor) -> {
              for (long i = 0; i < tensor.size(); i++) {
                bits.put(name + "[" + i + "]", tensor.get(i));
              }
            });
    return bits;
  }
}
