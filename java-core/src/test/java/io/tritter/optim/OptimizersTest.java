package io.tritter.optim;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tritter.Golden;
import io.tritter.nn.Parameter;
import io.tritter.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.FieldSource;

/** What every optimizer promises, and what each computes. */
class OptimizersTest {
  private static final AdamW.Settings USUAL = new AdamW.Settings(0.9, 0.95, 1e-8, 0.1);

  static final List<OptimizerSettings> ALL =
      List.of(
          USUAL,
          new AdamW8bit(USUAL),
          new CautiousAdamW(USUAL),
          new NAdam(USUAL, NAdam.MOMENTUM_DECAY),
          new Muon.Settings(0.95, 5, USUAL));

  /** Products in another order; parameters are around 1 and move by 0.003 a step. */
  private static final float GOLDEN = 1e-6f;

  /**
   * Five iterations, each of which may triple a difference of rounding, in a product by 0.003
   * sqrt(19) / 5.
   */
  private static final float GOLDEN_MUON = 2e-6f;

  private static final double NO_CLIP = Double.POSITIVE_INFINITY;

  @Test
  void nadamIsPyTorchs() {
    assertGolden("nadam", new NAdam(USUAL, NAdam.MOMENTUM_DECAY), List.of(""), GOLDEN);
  }

  @Test
  void cautiousAdamWIsThatOfThePaper() {
    assertGolden("cautious", new CautiousAdamW(USUAL), List.of(""), GOLDEN);
  }

  @Test
  void muonIsPyTorchsForWideAndTallMatrices() {
    assertGolden("muon", new Muon.Settings(0.95, 5, USUAL), List.of("w", "t"), GOLDEN_MUON);
  }

  private static void assertGolden(
      String name, OptimizerSettings settings, List<String> prefixes, float bound) {
    Golden.Case golden = Golden.load(name);
    List<Parameter> parameters = new ArrayList<>();
    for (String prefix : prefixes) {
      parameters.add(Parameter.of("p" + prefix, golden.get(prefix + "p0").copy()));
    }
    Optimizer optimizer = settings.create(parameters);
    for (int i = 0; i < 6; i++) {
      for (int j = 0; j < parameters.size(); j++) {
        parameters.get(j).gradient().copyFrom(golden.get(prefixes.get(j) + "g" + i));
      }
      optimizer.step(3e-3, NO_CLIP);
      for (int j = 0; j < parameters.size(); j++) {
        assertArrayEquals(
            golden.get(prefixes.get(j) + "p" + (i + 1)).toArray(),
            parameters.get(j).value().toArray(),
            bound,
            "step " + i);
      }
    }
  }

  @ParameterizedTest
  @FieldSource("ALL")
  void savedAndResumedStepsHaveTheSameBits(OptimizerSettings settings) {
    List<Parameter> whole = parameters();
    run(settings.create(whole), 0, 12);
    List<Parameter> parts = parameters();
    Optimizer before = settings.create(parts);
    run(before, 0, 7);
    Optimizer after = settings.create(parts);
    after.load(before.state().copy());
    assertEquals(7, after.steps());
    run(after, 7, 12);
    assertSameValues(whole, parts);
  }

  @ParameterizedTest
  @FieldSource("ALL")
  void givenGradientsOfTheSameNumbersGiveTheSameBits(OptimizerSettings settings) {
    List<Parameter> own = parameters();
    List<Parameter> given = parameters();
    Optimizer first = settings.create(own);
    Optimizer second = settings.create(given);
    for (int i = 0; i < 3; i++) {
      Map<String, Tensor> gradients = gradients(i);
      own.forEach(p -> p.gradient().copyFrom(requireNonNull(gradients.get(p.name()))));
      assertEquals(first.step(1e-2, 1), second.step(gradients, 1e-2, 1));
    }
    assertSameValues(own, given);
  }

  @ParameterizedTest
  @FieldSource("ALL")
  void refusedGradientsAndStatesChangeNothing(OptimizerSettings settings) {
    List<Parameter> parameters = parameters();
    Optimizer optimizer = settings.create(parameters);
    Map<String, Tensor> nan = gradients(1);
    requireNonNull(nan.get("norm")).set(2, Float.NaN);
    assertThrows(IllegalArgumentException.class, () -> optimizer.step(nan, 1e-3, 1));
    assertThrows(IllegalArgumentException.class, () -> optimizer.step(gradients(1), 1e-3, -1));
    assertThrows(IllegalArgumentException.class, () -> optimizer.step(gradients(1), -1, 1));
    State state = optimizer.state();
    for (String name : state.tensors().keySet()) {
      Map<String, Tensor> fewer = new LinkedHashMap<>(state.tensors());
      fewer.remove(name);
      State broken = new State(fewer, Map.of("steps", 5.0, "adamw.steps", 5.0));
      IllegalArgumentException e =
          assertThrows(IllegalArgumentException.class, () -> optimizer.load(broken));
      assertTrue(String.valueOf(e.getMessage()).startsWith("state: expected a tensor"));
    }
    assertEquals(0, optimizer.steps());
    assertSameValues(parameters(), parameters);
  }

  @Test
  void muonLeavesTablesAndVectorsToAdamW() {
    List<Parameter> muons = parameters();
    List<Parameter> adams = parameters();
    run(new Muon.Settings(0.95, 5, USUAL).create(muons), 0, 3);
    run(USUAL.create(adams), 0, 3);
    for (int i = 0; i < muons.size(); i++) {
      boolean same = muons.get(i).value().get(0) == adams.get(i).value().get(0);
      assertEquals(!muons.get(i).name().equals("weight"), same, muons.get(i).name());
    }
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "1, 9", "24, 24", "7, 40", "40, 7"})
  void theOrthogonalMatrixHasSingularValuesNearOne(int rows, int cols) {
    NewtonSchulz orthogonal = new NewtonSchulz(5, (long) rows * cols, Math.min(rows, cols));
    SplittableRandom random = new SplittableRandom(5);
    Tensor x = orthogonal.input(rows, cols);
    for (long i = 0; i < x.size(); i++) {
      x.set(i, (float) random.nextGaussian());
    }
    Tensor given = x.copy();
    Tensor y = orthogonal.run(rows, cols);
    double squares = 0;
    double along = 0;
    for (long i = 0; i < y.size(); i++) {
      squares += y.get(i) * y.get(i);
      along += y.get(i) * given.get(i);
    }
    int side = Math.min(rows, cols);
    double root = Math.sqrt(squares / side); // of the mean of the squared singular values
    assertTrue(root > 0.65 && root < 1.25, "root mean square " + root);
    assertTrue(along > 0, "a positive part along the matrix");
  }

  @Test
  void theOrthogonalMatrixOfZerosIsZero() {
    NewtonSchulz orthogonal = new NewtonSchulz(5, 12, 3);
    orthogonal.input(3, 4).clear();
    assertArrayEquals(new float[12], orthogonal.run(3, 4).toArray());
  }

  @Test
  void badConstantsAreRefused() {
    assertRefused("momentum", () -> new Muon.Settings(1, 5, USUAL));
    assertRefused("iterations", () -> new Muon.Settings(0.9, 0, USUAL));
    assertRefused("momentum_decay", () -> new NAdam(USUAL, -1));
  }

  private static void assertRefused(String name, Runnable made) {
    IllegalArgumentException e = assertThrows(IllegalArgumentException.class, made::run);
    assertTrue(String.valueOf(e.getMessage()).startsWith(name + ": expected"), e.getMessage());
  }

  private static void run(Optimizer optimizer, int from, int to) {
    for (int i = from; i < to; i++) {
      optimizer.step(gradients(i), 1e-2, 0.5);
    }
  }

  private static List<Parameter> parameters() {
    List<Parameter> parameters = new ArrayList<>();
    gradients(99).forEach((name, value) -> parameters.add(Parameter.of(name, value)));
    return parameters;
  }

  private static Map<String, Tensor> gradients(int seed) {
    Map<String, Tensor> gradients = new LinkedHashMap<>();
    gradients.put("model.embed_tokens.weight", Tensor.zeros(11, 5));
    gradients.put("weight", Tensor.zeros(13, 5));
    gradients.put("norm", Tensor.zeros(17));
    SplittableRandom random = new SplittableRandom(seed);
    for (Tensor g : gradients.values()) {
      for (long i = 0; i < g.size(); i++) {
        g.set(i, (float) random.nextDouble(-1, 1));
      }
    }
    return gradients;
  }

  private static void assertSameValues(List<Parameter> wanted, List<Parameter> got) {
    for (int i = 0; i < wanted.size(); i++) {
      assertArrayEquals(wanted.get(i).value().toArray(), got.get(i).value().toArray());
    }
  }
}
