package io.tritter.hybrid;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tritter.nn.Parameter;
import io.tritter.optim.AdamW;
import io.tritter.tensor.Tensor;
import java.util.List;
import org.junit.jupiter.api.Test;

class KindTest {
  private static final float ROUNDING = 1e-6f;

  private final Parameter a = Parameter.of("a", Tensor.zeros(1));
  private final Parameter b = Parameter.of("b", Tensor.zeros(1));
  private final AdamW optimizer = new AdamW(List.of(a, b), new AdamW.Settings(0, 0, 1e-8, 0));

  private void move(float alongA, float alongB) {
    a.value().set(0, a.value().get(0) + alongA);
    b.value().set(0, b.value().get(0) + alongB);
  }

  @Test
  void displacementGoesOnWhereATensorWentStraight() {
    Displacement kind = new Displacement(List.of(a, b), 6);
    kind.watch();
    for (int i = 0; i < 6; i++) {
      kind.observe(i, false);
      // a goes straight at half the pace later; b turns back
      move(i < 3 ? 2 : 1, i < 3 ? 1 : -1);
    }
    // cosine of (6, 3) to (3, -3)
    assertEquals((18 - 9) / Math.sqrt(45.0 * 18), kind.confidence(), ROUNDING);
    kind.update(6, 0.5, optimizer, 1, 1);
    // strength 1/2, factor 18/36, pace 1
    assertEquals(9 + 0.25, a.value().get(0), ROUNDING);
    assertEquals(0, b.value().get(0), ROUNDING);
    kind.update(7, 0.5, optimizer, 1, 1);
    assertEquals(9.5, a.value().get(0), ROUNDING);
  }

  @Test
  void coastingStepsByTheAverageOfTheGradients() {
    Coasting kind = new Coasting(List.of(a, b));
    kind.watch();
    for (int i = 0; i < 5; i++) {
      a.gradient().set(0, 2);
      b.gradient().set(0, i % 2 == 0 ? 1 : -1);
      kind.observe(i, false);
    }
    assertArrayEquals(new float[] {2}, kind.state().tensor("average.a", 1).toArray(), ROUNDING);
    // .9 (.9 (.9 (.9 - .1) + .1) - .1) + .1
    assertEquals(0.6742, kind.state().tensor("average.b", 1).get(0), 1e-4);
    a.clearGradient();
    kind.update(5, 1, optimizer, 0.25, 1e9);
    assertEquals(-0.25, a.value().get(0), ROUNDING);
  }

  @Test
  void linearGradientsGoOnAlongTheirLine() {
    LinearGradients kind =
        new LinearGradients(LinearPredictor.runningSums(optimizer.shapes()), List.of(a, b));
    for (int i = 0; i < 8; i++) {
      a.gradient().set(0, 8 - i);
      b.gradient().set(0, 1);
      kind.observe(i, false);
    }
    assertTrue(kind.confidence() > 0.8, "confidence " + kind.confidence());
    // at step 10 the line of a is at -2: with betas of 0 AdamW takes the sign
    kind.update(10, 1, optimizer, 0.25, 1e9);
    assertEquals(0.25, a.value().get(0), 1e-4);
    assertEquals(-0.25, b.value().get(0), 1e-4);
  }

  @Test
  void confidenceOfGradientsThatTurnRoundIsNegative() {
    LinearGradients line =
        new LinearGradients(LinearPredictor.runningSums(optimizer.shapes()), List.of(a, b));
    Coasting coasting = new Coasting(List.of(a, b));
    coasting.watch();
    for (int i = 0; i < 20; i++) {
      a.gradient().set(0, i % 2 == 0 ? 1 : -1);
      line.observe(i, false);
      coasting.observe(i, false);
    }
    assertTrue(line.confidence() < 0, "line " + line.confidence());
    assertTrue(coasting.confidence() < 0, "coasting " + coasting.confidence());
  }

  @Test
  void predictedEmbeddingsNeedAModelThatNamesSome() {
    assertThrows(IllegalArgumentException.class, () -> new PredictedEmbeddings(List.of()));
  }

  @Test
  void aRateThatIsTooSmallIsRaisedToItsLimitAndOneThatIsNotStays() {
    Parameter w = Parameter.of("w", Tensor.of(new float[] {1, -2, 3}, 3));
    RateRaise raise = new RateRaise(4, List.of(w));
    for (int i = 0; i < 100; i++) {
      raise.observe(0.1);
      w.value().set(0, w.value().get(0) + 0.01f);
    }
    assertEquals(4, raise.factor());

    RateRaise turning = new RateRaise(4, List.of(w));
    for (int i = 0; i < 100; i++) {
      turning.observe(0.1);
      w.value().set(0, i / 10 % 2 == 0 ? i % 10 : 10 - i % 10);
    }
    assertEquals(1, turning.factor());

    RateRaise rising = new RateRaise(4, List.of(w));
    for (int i = 0; i < 100; i++) {
      rising.observe(0.1 * i);
      w.value().set(0, w.value().get(0) + 0.01f);
    }
    assertEquals(1, rising.factor());
  }
}
