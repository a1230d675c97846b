package io.tritter.hybrid;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.tritter.optim.ParameterShapes;
import io.tritter.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class LinearPredictorTest {
  /** Float32 sums of gradients around 1 at the ages that matter, extrapolated a few steps. */
  private static final float ROUNDING = 2e-5f;

  private static final ParameterShapes SHAPES =
      ParameterShapes.of(
          List.of("scalar", "bias", "weight", "kernel"),
          List.of(new int[] {}, new int[] {7}, new int[] {3, 5}, new int[] {2, 3, 1, 4}));

  static List<LinearPredictor> predictors() {
    return List.of(
        LinearPredictor.runningSums(SHAPES),
        LinearPredictor.runningSums(SHAPES, 0.5),
        LinearPredictor.window(SHAPES, 2, 1),
        LinearPredictor.window(SHAPES, 10, 0.95));
  }

  @ParameterizedTest
  @MethodSource("predictors")
  void aLineIsExtrapolatedExactly(LinearPredictor predictor) {
    for (int step = 0; step < 30; step++) {
      predictor.observe(step, line(step));
    }
    for (int step = 30; step < 35; step++) {
      assertClose(line(step), predictor.predict(step));
    }
  }

  @ParameterizedTest
  @MethodSource("predictors")
  void gapsBetweenObservedStepsCount(LinearPredictor predictor) {
    for (int step : new int[] {0, 1, 5, 6, 14}) {
      predictor.observe(step, line(step));
    }
    assertClose(line(17), predictor.predict(17));
  }

  @ParameterizedTest
  @MethodSource("predictors")
  void oneGradientIsPredictedUnchanged(LinearPredictor predictor) {
    predictor.observe(4, line(4));
    assertClose(line(4), predictor.predict(7));
  }

  @ParameterizedTest
  @MethodSource("predictors")
  void aLineLeavesNoErrorToCorrect(LinearPredictor predictor) {
    for (int step = 0; step < 10; step++) {
      predictor.observe(step, line(step));
    }
    assertEquals(0, predictor.correct(12, line(12)), ROUNDING);
    assertClose(line(14), predictor.predict(14));
  }

  @ParameterizedTest
  @MethodSource("predictors")
  void aCorrectionMeasuresTheMeanMagnitudeOfTheError(LinearPredictor predictor) {
    for (int step = 0; step < 10; step++) {
      predictor.observe(step, line(step));
    }
    List<Tensor> actual = line(10);
    actual.get(1).set(2, actual.get(1).get(2) + 3);
    actual.get(3).set(0, actual.get(3).get(0) - 5);
    double error = predictor.correct(10, actual);
    assertEquals((3 + 5) / (double) SHAPES.elements(), error, ROUNDING);
  }

  @Test
  void theResidualIsAveragedAndFadesWithEachPrediction() {
    ParameterShapes one = ParameterShapes.of(List.of("w"), List.of(new int[] {1}));
    LinearPredictor predictor = LinearPredictor.window(one, 2, 0.5);
    predictor.observe(0, List.of(Tensor.of(new float[] {1}, 1)));
    predictor.observe(1, List.of(Tensor.of(new float[] {1}, 1)));
    assertEquals(4, predictor.correct(2, List.of(Tensor.of(new float[] {5}, 1))));
    // The line goes through (1, 1) and (2, 5); the residual is 0.5 * 0 + 0.5 * 4.
    assertEquals(9 + 2, predictor.predict(3).get(0).get(0));
    assertEquals(13 + 1, predictor.predict(4).get(0).get(0));
    assertEquals(17 + 0.5, predictor.predict(5).get(0).get(0));
  }

  /** Brute force in float64: all gradients, all weights, the normal equations an element. */
  @ParameterizedTest
  @ValueSource(ints = {2, 3, 9, 60})
  void runningSumsAreTheFitOverTheWholeHistory(int steps) {
    double decay = 0.9;
    LinearPredictor predictor = LinearPredictor.runningSums(SHAPES, decay);
    SplittableRandom random = new SplittableRandom(steps);
    List<Integer> at = new ArrayList<>();
    List<List<Tensor>> gradients = new ArrayList<>();
    int step = 0;
    for (int k = 0; k < steps; k++) {
      at.add(step);
      gradients.add(random(random));
      predictor.observe(step, gradients.get(k));
      step += 1 + random.nextInt(3);
    }
    List<Tensor> predicted = predictor.predict(step);
    for (int p = 0; p < SHAPES.count(); p++) {
      for (long i = 0; i < predicted.get(p).size(); i++) {
        double wanted = fit(at, gradients, p, i, decay, step);
        assertEquals(wanted, predicted.get(p).get(i), 1e-4, SHAPES.name(p) + " seed " + steps);
      }
    }
  }

  @Test
  void runningSumsAndAWindowThatHoldsEverythingAgree() {
    LinearPredictor sums = LinearPredictor.runningSums(SHAPES, 0.8);
    LinearPredictor window = LinearPredictor.window(SHAPES, 12, 0.8);
    SplittableRandom random = new SplittableRandom(3);
    for (int step = 0; step < 9; step++) {
      List<Tensor> gradients = random(random);
      sums.observe(step, gradients);
      window.observe(step, gradients);
    }
    assertClose(window.predict(11), sums.predict(11));
  }

  @Test
  void runningSumsHoldFourFloatsAParameterForEver() {
    LinearPredictor predictor = LinearPredictor.runningSums(SHAPES);
    for (int step = 0; step < 50; step++) {
      predictor.observe(step, line(step));
    }
    assertEquals(4 * SHAPES.elements(), predictor.floats());
    assertEquals(predictor.floats() - SHAPES.elements(), stateFloats(predictor)); // and the output
  }

  @Test
  void aWindowOfNHoldsNPlusTwoFloatsAParameter() {
    LinearPredictor predictor = LinearPredictor.window(SHAPES, 5, 0.95);
    for (int step = 0; step < 50; step++) {
      predictor.observe(step, line(step));
      assertEquals((Math.min(step + 1, 5) + 2) * SHAPES.elements(), predictor.floats());
      assertEquals(predictor.floats() - SHAPES.elements(), stateFloats(predictor));
    }
  }

  @ParameterizedTest
  @MethodSource("predictors")
  void observedGradientsAreNotKept(LinearPredictor predictor) {
    for (int step = 0; step < 3; step++) {
      List<Tensor> gradients = line(step);
      predictor.observe(step, gradients);
      gradients.forEach(Tensor::clear);
    }
    assertClose(line(3), predictor.predict(3));
  }

  @ParameterizedTest
  @MethodSource("predictors")
  void nothingIsPredictedFromNothing(LinearPredictor predictor) {
    assertThrows(IllegalStateException.class, () -> predictor.predict(1));
    predictor.observe(0, line(0));
    predictor.reset();
    assertThrows(IllegalStateException.class, () -> predictor.predict(1));
  }

  @Test
  void badSettingsAreRefused() {
    for (double decay : new double[] {0, 1.5, Double.NaN}) {
      assertThrows(IllegalArgumentException.class, () -> LinearPredictor.window(SHAPES, 4, decay));
      assertThrows(
          IllegalArgumentException.class, () -> LinearPredictor.runningSums(SHAPES, decay));
    }
    assertThrows(IllegalArgumentException.class, () -> LinearPredictor.window(SHAPES, 1, 0.95));
  }

  private static double fit(
      List<Integer> at, List<List<Tensor>> gradients, int p, long i, double decay, int step) {
    double w = 0;
    double t = 0;
    double g = 0;
    int n = at.size();
    for (int k = 0; k < n; k++) {
      double weight = Math.pow(decay, n - 1 - k);
      w += weight;
      t += weight * at.get(k);
      g += weight * gradients.get(k).get(p).get(i);
    }
    double covariance = 0;
    double variance = 0;
    for (int k = 0; k < n; k++) {
      double weight = Math.pow(decay, n - 1 - k);
      double dt = at.get(k) - t / w;
      variance += weight * dt * dt;
      covariance += weight * dt * (gradients.get(k).get(p).get(i) - g / w);
    }
    return g / w + covariance / variance * (step - t / w);
  }

  private static long stateFloats(LinearPredictor predictor) {
    return predictor.state().tensors().values().stream().mapToLong(Tensor::size).sum();
  }

  /** Each element on its own line: between -1 and 1, slope up to 0.03 a step. */
  private static List<Tensor> line(int step) {
    SplittableRandom random = new SplittableRandom(1);
    List<Tensor> gradients = SHAPES.zeros();
    for (Tensor g : gradients) {
      for (long i = 0; i < g.size(); i++) {
        g.set(i, (float) (random.nextDouble(-1, 1) + random.nextDouble(-0.03, 0.03) * step));
      }
    }
    return gradients;
  }

  private static List<Tensor> random(SplittableRandom random) {
    List<Tensor> gradients = SHAPES.zeros();
    for (Tensor g : gradients) {
      for (long i = 0; i < g.size(); i++) {
        g.set(i, (float) random.nextDouble(-1, 1));
      }
    }
    return gradients;
  }

  private static void assertClose(List<Tensor> wanted, List<Tensor> got) {
    for (int p = 0; p < SHAPES.count(); p++) {
      assertArrayEquals(wanted.get(p).toArray(), got.get(p).toArray(), ROUNDING, SHAPES.name(p));
    }
  }
}
