package io.tritter.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tritter.kernel.Activation;
import io.tritter.model.TransformerConfig.Weights;
import io.tritter.nn.Parameter;
import io.tritter.optim.AdamW;
import io.tritter.tensor.NativeMemory;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

@Isolated("counts what the JVM allocates")
class CheckpointingTest {
  private static final int LAYERS = 16;
  private static final int BATCH = 2;

  enum Kind {
    BITNET,
    GPT2
  }

  private static TransformerConfig config(Kind kind, int layers) {
    return switch (kind) {
      case BITNET ->
          new TransformerConfig(
              31,
              48,
              130,
              layers,
              4,
              2,
              40,
              1e4f,
              1e-5f,
              Weights.BITNET,
              Activation.RELU2,
              true,
              true);
      case GPT2 -> TransformerConfig.gpt2(31, 48, layers, 3, 40);
    };
  }

  private static int[] ids(TransformerConfig config) {
    return new SplittableRandom(5)
        .ints((long) BATCH * config.context(), 0, config.vocabSize())
        .toArray();
  }

  /** What the forward pass of the first training step allocates, and that step altogether. */
  private record Bytes(long forward, long step) {}

  private static Bytes measured(TransformerConfig config, int interval) {
    Transformer model = Transformer.random(config, 3);
    model.checkpointEvery(interval);
    int[] ids = ids(config);
    // Layouts of the weights, which belong to the model, and scratch of the threads.
    model.forward(Arrays.copyOf(ids, BATCH), BATCH);
    model.lossAndBackward(Arrays.copyOf(ids, BATCH));
    long start = NativeMemory.allocatedBytes();
    model.forward(ids, BATCH);
    long forward = NativeMemory.allocatedBytes() - start;
    model.lossAndBackward(ids);
    long step = NativeMemory.allocatedBytes() - start;
    model.forward(ids, BATCH);
    model.lossAndBackward(ids);
    assertEquals(start + step, NativeMemory.allocatedBytes()); // all of it is kept
    return new Bytes(forward, step);
  }

  /** The backward pass has scratch for the gradients of one block, whatever is kept. */
  @ParameterizedTest
  @EnumSource
  void everyFourthOfSixteenBlocksCutsTheMemoryOfActivationsBySeventyPercent(Kind kind) {
    TransformerConfig config = config(kind, LAYERS);
    Bytes all = measured(config, LAYERS);
    Bytes some = measured(config, 4);
    assertTrue(some.forward <= 0.3 * all.forward, kind + ": " + some + " of " + all);
    assertEquals(all.step - all.forward, some.step - some.forward);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 100})
  void lossesAndGradientsAreThoseWithoutItToTheBit(int interval) {
    for (Kind kind : Kind.values()) {
      TransformerConfig config = config(kind, 5);
      assertArrayEquals(trained(config, 5), trained(config, interval), kind + " " + interval);
    }
  }

  /** Losses and gradients of two steps of AdamW, and the parameters behind them. */
  private static float[] trained(TransformerConfig config, int interval) {
    Transformer model = Transformer.random(config, 3);
    model.checkpointEvery(interval);
    AdamW optimizer = new AdamW(model.parameters(), AdamW.Settings.DEFAULT);
    int[] ids = ids(config);
    float[] all = new float[0];
    for (int step = 0; step < 2; step++) {
      model.clearGradients();
      model.forward(ids, BATCH);
      float[] loss = {(float) model.lossAndBackward(ids)};
      all = joined(all, loss);
      for (Parameter p : model.parameters()) {
        all = joined(all, p.gradient().toArray());
      }
      optimizer.step(1e-2, 1);
      model.weightsChanged();
    }
    for (Parameter p : model.parameters()) {
      all = joined(all, p.value().toArray());
    }
    return all;
  }

  private static float[] joined(float[] a, float[] b) {
    float[] both = Arrays.copyOf(a, a.length + b.length);
    System.arraycopy(b, 0, both, a.length, b.length);
    return both;
  }

  @Test
  void theLogitsAreThoseOfAnyInterval() {
    TransformerConfig config = config(Kind.GPT2, 5);
    Transformer model = Transformer.random(config, 3);
    float[] expected = model.forward(ids(config), BATCH).toArray();
    for (int interval : List.of(1, 2, 5)) {
      model.checkpointEvery(interval);
      assertArrayEquals(expected, model.forward(ids(config), BATCH).toArray());
    }
  }

  @Test
  void anIntervalBelowOneIsRefused() {
    Transformer model = Transformer.random(TransformerConfig.demo(), 1);
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> model.checkpointEvery(0));
    assertEquals("interval: expected at least 1, got 0", e.getMessage());
  }
}
