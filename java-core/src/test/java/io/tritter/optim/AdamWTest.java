package io.tritter.optim;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.tritter.Golden;
import io.tritter.nn.Parameter;
import io.tritter.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class AdamWTest {
  /** PyTorch rounds some products in another order; parameters are around 1. */
  private static final float GOLDEN = 1e-6f;

  private static final double NO_CLIP = Double.POSITIVE_INFINITY;

  @Test
  void sixStepsAreThoseOfPyTorch() {
    Map<String, Tensor> golden = Golden.load("adamw");
    Parameter p = Parameter.of("p", get(golden, "p0").copy());
    AdamW optimizer = new AdamW(List.of(p), new AdamW.Settings(0.9, 0.95, 1e-8, 0.1));
    for (int i = 0; i < 6; i++) {
      p.gradient().copyFrom(get(golden, "g" + i));
      optimizer.step(3e-3, NO_CLIP);
      assertArrayEquals(
          get(golden, "p" + (i + 1)).toArray(), p.value().toArray(), GOLDEN, "step " + i);
    }
  }

  @Test
  void otherGradientsOfTheSameNumbersGiveTheSameBits() {
    List<Parameter> own = parameters();
    List<Parameter> given = parameters();
    AdamW first = new AdamW(own, AdamW.Settings.DEFAULT);
    AdamW second = new AdamW(given, AdamW.Settings.DEFAULT);
    for (int i = 0; i < 5; i++) {
      Map<String, Tensor> gradients = gradients(i);
      for (Parameter p : own) {
        p.gradient().copyFrom(get(gradients, p.name()));
      }
      assertEquals(first.step(1e-2, 1), second.step(gradients, 1e-2, 1));
    }
    assertSameValues(own, given);
  }

  @Test
  void decayMovesMatricesOnly() {
    List<Parameter> parameters = parameters();
    AdamW optimizer = new AdamW(parameters, new AdamW.Settings(0.9, 0.95, 1e-8, 0.5));
    float matrix = parameters.get(0).value().get(3);
    float norm = parameters.get(1).value().get(3);
    optimizer.step(0.25, NO_CLIP); // the gradients are zeros
    assertEquals(matrix * (1 - 0.25f * 0.5f), parameters.get(0).value().get(3));
    assertEquals(norm, parameters.get(1).value().get(3));
  }

  @Test
  void clippingScalesTheGlobalNormDownAndNeverUp() {
    List<Parameter> parameters = parameters();
    parameters.get(0).gradient().set(0, 3);
    parameters.get(1).gradient().set(1, 4);
    AdamW optimizer = new AdamW(parameters, new AdamW.Settings(0, 0, 1e-8, 0));
    assertEquals(5, optimizer.step(0, 0.5));
    assertEquals(0.3f, get(optimizer.state().tensors(), "first_moment.weight").get(0), 1e-6f);
    assertEquals(0.4f, get(optimizer.state().tensors(), "first_moment.norm").get(1), 1e-6f);
    assertEquals(5, optimizer.step(0, 50));
    assertEquals(3, get(optimizer.state().tensors(), "first_moment.weight").get(0));
  }

  @Test
  void theScaleIsThatOfPyTorch() {
    assertEquals(1, GradientClip.scale(0.5, 1));
    assertEquals(1, GradientClip.scale(0, 1));
    assertEquals((float) (1 / (4 + 1e-6)), GradientClip.scale(4, 1));
    assertEquals(1, GradientClip.scale(1e30, NO_CLIP));
    assertThrows(IllegalArgumentException.class, () -> GradientClip.scale(1, 0));
    assertThrows(IllegalArgumentException.class, () -> GradientClip.scale(1, Double.NaN));
  }

  @Test
  void savedAndResumedStepsHaveTheSameBits() {
    List<Parameter> whole = parameters();
    AdamW optimizer = new AdamW(whole, AdamW.Settings.DEFAULT);
    run(optimizer, 0, 12);

    List<Parameter> parts = parameters();
    AdamW before = new AdamW(parts, AdamW.Settings.DEFAULT);
    run(before, 0, 7);
    AdamW after = new AdamW(parts, AdamW.Settings.DEFAULT);
    after.load(before.state().copy());
    run(after, 7, 12);
    assertEquals(12, after.steps());
    assertSameValues(whole, parts);
  }

  @Test
  void refusedGradientsChangeNothing() {
    List<Parameter> parameters = parameters();
    AdamW optimizer = new AdamW(parameters, AdamW.Settings.DEFAULT);
    Map<String, Tensor> nan = gradients(1);
    get(nan, "norm").set(2, Float.NaN);
    assertMessage(
        "gradients[norm][2]: expected a finite number, got NaN",
        () -> optimizer.step(nan, 1e-3, 1));
    Map<String, Tensor> unknown = gradients(1);
    unknown.put("bias", Tensor.zeros(1));
    assertMessage(
        "gradients: expected one of [weight, norm], got 'bias'",
        () -> optimizer.step(unknown, 1e-3, 1));
    parameters.get(0).gradient().set(1, Float.POSITIVE_INFINITY);
    assertMessage(
        "gradients[weight][1]: expected a finite number, got Infinity",
        () -> optimizer.step(1e-3, 1));
    assertMessage(
        "clip_norm: expected a positive number, got -1.0",
        () -> optimizer.step(gradients(1), 1e-3, -1));
    assertEquals(0, optimizer.steps());
    assertSameValues(parameters(), parameters);
  }

  @Test
  void badSettingsAreRefused() {
    assertThrows(IllegalArgumentException.class, () -> new AdamW.Settings(1, 0.9, 1e-8, 0));
    assertThrows(IllegalArgumentException.class, () -> new AdamW.Settings(0.9, -0.1, 1e-8, 0));
    assertThrows(IllegalArgumentException.class, () -> new AdamW.Settings(0.9, 0.9, 0, 0));
    assertThrows(IllegalArgumentException.class, () -> new AdamW.Settings(0.9, 0.9, 1e-8, -1));
    assertThrows(
        IllegalArgumentException.class, () -> new AdamW(List.of(), AdamW.Settings.DEFAULT));
  }

  private static void run(AdamW optimizer, int from, int to) {
    for (int i = from; i < to; i++) {
      optimizer.step(gradients(i), 1e-2, 0.5);
    }
  }

  private static List<Parameter> parameters() {
    Map<String, Tensor> values = gradients(99);
    return List.of(
        Parameter.of("weight", get(values, "weight")), Parameter.of("norm", get(values, "norm")));
  }

  private static Map<String, Tensor> gradients(int seed) {
    Map<String, Tensor> gradients = new LinkedHashMap<>();
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

  private static Tensor get(Map<String, Tensor> tensors, String name) {
    return requireNonNull(tensors.get(name), name);
  }

  private static void assertSameValues(List<Parameter> wanted, List<Parameter> got) {
    for (int i = 0; i < wanted.size(); i++) {
      assertArrayEquals(wanted.get(i).value().toArray(), got.get(i).value().toArray());
    }
  }

  private static void assertMessage(String message, Runnable refused) {
    IllegalArgumentException e = assertThrows(IllegalArgumentException.class, refused::run);
    assertEquals(message, e.getMessage());
  }
}
