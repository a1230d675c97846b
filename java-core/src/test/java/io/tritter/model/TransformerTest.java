package io.tritter.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tritter.nn.Parameter;
import io.tritter.tensor.Tensor;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TransformerTest {
  private static final int CONTEXT = TinyModel.CONTEXT;

  private static int[] ids(long seed, int n, int vocab) {
    return new SplittableRandom(seed).ints(n, 0, vocab).toArray();
  }

  @Test
  void theDemoModelHasTheParametersThatItsConfigurationCounts() {
    TransformerConfig config = TransformerConfig.demo();
    Transformer model = Transformer.random(config, 1);
    long counted = model.parameters().stream().mapToLong(p -> p.value().size()).sum();
    assertEquals(config.parameterCount(), counted);
    assertTrue(counted > 800_000 && counted < 900_000, "parameters: " + counted);
  }

  @ParameterizedTest
  @EnumSource
  void aConfigurationCountsTheParametersOfItsModel(TinyModel kind) {
    long counted = kind.random(1).parameters().stream().mapToLong(p -> p.value().size()).sum();
    assertEquals(kind.config().parameterCount(), counted);
  }

  @ParameterizedTest
  @EnumSource
  void theSameSeedGivesTheSameLossAndGradientsToTheBit(TinyModel kind) {
    Transformer first = kind.random(7);
    Transformer second = kind.random(7);
    int[] ids = ids(3, 2 * CONTEXT, 31);
    for (Transformer model : new Transformer[] {first, second}) {
      model.forward(ids, 2);
      model.lossAndBackward(ids);
    }
    for (int i = 0; i < first.parameters().size(); i++) {
      Parameter p = first.parameters().get(i);
      assertArrayEquals(
          p.gradient().toArray(), second.parameters().get(i).gradient().toArray(), p.name());
    }
  }

  /**
   * Directional derivative of the whole dense model; float32 sums allow a step of 1e-2 in a
   * direction of norm 1, whose second-order error is of the size of the bound.
   */
  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "BITNET")
  void theGradientPredictsHowTheLossChangesInAnyDirection(TinyModel kind) {
    Transformer model = kind.random(11);
    model.parameters().forEach(p -> scale(p, 0.08)); // away from the flat start
    int[] ids = ids(5, 3 * CONTEXT, 31);
    int[] targets = ids(6, 3 * CONTEXT, 31);
    model.forward(ids, 3);
    model.lossAndBackward(targets);
    for (Parameter p : model.parameters()) {
      Tensor direction = p.gradient().copy();
      double norm = norm(direction);
      double predicted = norm;
      float step = 1e-2f;
      Tensor start = p.value().copy();
      p.value().axpby((float) (step / norm), direction, 1f);
      model.forward(ids, 3);
      double up = model.loss(targets);
      p.value().copyFrom(start);
      p.value().axpby((float) (-step / norm), direction, 1f);
      model.forward(ids, 3);
      double down = model.loss(targets);
      p.value().copyFrom(start);
      assertEquals(predicted, (up - down) / (2 * step), 2e-2 * predicted + 1e-4, p.name());
    }
  }

  /** Gives a matrix another deviation. */
  static void scale(Parameter p, double deviation) {
    if (p.decays()) {
      double now = norm(p.value()) / Math.sqrt((double) p.value().size());
      p.value().axpby((float) (deviation / now), p.value().copy(), 0f);
    }
  }

  private static double norm(Tensor t) {
    double sum = 0;
    for (long i = 0; i < t.size(); i++) {
      sum += (double) t.get(i) * t.get(i);
    }
    return Math.sqrt(sum);
  }

  @ParameterizedTest
  @EnumSource
  void decodingStepByStepGivesTheLogitsOfOneForward(TinyModel kind) {
    Transformer model = kind.random(13).pack();
    int[] ids = ids(8, CONTEXT, 31);
    Tensor all = model.forward(ids, 1);
    KeyValueCache cache = new KeyValueCache(model.config());
    Tensor logits = cache.feed(model, Arrays.copyOf(ids, 5));
    for (int i = 5; i <= CONTEXT; i++) {
      for (int j = 0; j < 31; j++) {
        // float32 sums of the attention in another order, and int8 roundings that they may tip
        assertEquals(all.get((i - 1) * 31L + j), logits.get(j), 2e-2, "position " + i);
      }
      if (i < CONTEXT) {
        logits = cache.feed(model, new int[] {ids[i]});
      }
    }
  }

  @Test
  void thePackedModelGivesTheLossOfTheTrainedOneToTheBit() {
    Transformer model = TinyModel.BITNET.random(17);
    int[] ids = ids(9, 2 * CONTEXT, 31);
    model.forward(ids, 2);
    double trained = model.loss(ids);
    Transformer packed = model.pack();
    packed.forward(ids, 2);
    assertEquals(trained, packed.loss(ids));
  }

  @Test
  void aTextMayGrowLongerThanTheContext() {
    Transformer model = TinyModel.BITNET.random(19).pack();
    int[] prompt = ids(10, 2 * CONTEXT, 31);
    Sampling sampling = new Sampling(0.8, 10, 0.95);
    Generator one = new Generator(model, prompt, sampling, 42);
    Generator two = new Generator(model, prompt, sampling, 42);
    for (int i = 0; i < 3 * CONTEXT; i++) {
      int id = one.next();
      assertTrue(id >= 0 && id < 31);
      assertEquals(id, two.next());
    }
  }

  @Test
  void badIdsAndTargetsAreRefusedAndBackwardNeedsAForward() {
    Transformer model = TinyModel.BITNET.random(23);
    assertEquals(
        "ids: expected at most 24 a sequence, got 25",
        message(() -> model.forward(new int[CONTEXT + 1], 1)));
    assertEquals(
        "ids: expected a positive multiple of batch 2, got 3 ids",
        message(() -> model.forward(new int[3], 2)));
    assertEquals(
        "ids[1]: expected 0 to 30, got -1", message(() -> model.forward(new int[] {0, -1}, 1)));
    assertThrows(IllegalStateException.class, () -> model.loss(new int[2]));
    model.forward(new int[] {1, 2}, 1);
    assertEquals("targets: expected 2 ids, got 3", message(() -> model.loss(new int[3])));
    model.lossAndBackward(new int[] {2, 3});
    assertThrows(IllegalStateException.class, () -> model.lossAndBackward(new int[] {2, 3}));
  }

  private static String message(Runnable call) {
    String message = assertThrows(IllegalArgumentException.class, call::run).getMessage();
    return message == null ? "" : message;
  }
}
