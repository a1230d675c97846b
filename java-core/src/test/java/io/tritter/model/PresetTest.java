package io.tritter.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tritter.kernel.Activation;
import io.tritter.model.TransformerConfig.Weights;
import io.tritter.optim.AdamW;
import io.tritter.tensor.NativeMemory;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

@Tag("any-width")
@Isolated("counts what the JVM allocates")
class PresetTest {
  private static final double NAMED = 0.03;

  /** In millions: what the names say. */
  private static final Map<String, Double> MILLIONS =
      Map.of(
          "100m", 100.0,
          "350m", 350.0,
          "500m", 500.0,
          "1.3b", 1300.0,
          "2.7b", 2700.0,
          "7b", 7000.0,
          "gpt2_small", 124.0,
          "gpt2_medium", 355.0,
          "gpt2_large", 774.0,
          "gpt2_xl", 1560.0);

  @Test
  void eachHasTheParametersOfItsNameAndNothingIsAllocated() {
    long before = NativeMemory.allocatedBytes();
    assertEquals(MILLIONS.size(), Preset.ALL.size());
    for (Preset preset : Preset.ALL) {
      double wanted = 1e6 * MILLIONS.getOrDefault(preset.name(), 0.0);
      TransformerConfig c = preset.config();
      assertEquals(wanted, (double) c.parameterCount(), NAMED * wanted, preset.name());
      assertTrue(MemoryNeed.training(c, 1, c.context(), c.layers()) > 16 * c.parameterCount());
      assertTrue(MemoryNeed.inference(c) > c.parameterCount() / 4);
      assertEquals(preset, Preset.of(preset.name()));
    }
    assertEquals(before, NativeMemory.allocatedBytes());
  }

  /** The published numbers, to the last one. */
  @Test
  void theGpt2AreThoseOfOpenAi() {
    assertEquals(124_439_808, Preset.of("gpt2_small").config().parameterCount());
    assertEquals(354_823_168, Preset.of("gpt2_medium").config().parameterCount());
    assertEquals(774_030_080, Preset.of("gpt2_large").config().parameterCount());
    assertEquals(1_557_611_200, Preset.of("gpt2_xl").config().parameterCount());
  }

  /** Rows of 256 weights are what TQ1_0 and TQ2_0 ask for. */
  @Test
  void everyMatrixOfABitnetFitsThePackedLayouts() {
    for (Preset preset : Preset.ALL) {
      TransformerConfig c = preset.config();
      if (c.weights() == Weights.BITNET) {
        assertEquals(0, c.hiddenSize() % 256, preset.name());
        assertEquals(0, c.intermediateSize() % 256, preset.name());
      }
    }
  }

  @Test
  void anUnknownNameIsRefusedWithTheKnownOnes() {
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> Preset.of("8b"));
    String message = String.valueOf(e.getMessage());
    assertTrue(message.startsWith("preset: expected one of [100m, 350m,"), message);
    assertTrue(message.endsWith("got '8b'"), message);
  }

  /**
   * The formula against what training really allocates. Layouts of weights for integer products, at
   * most a byte a weight, and some numbers a row are not in it.
   */
  @Test
  void aTrainingStepAllocatesWhatTheFormulaSays() {
    TransformerConfig bitnet =
        new TransformerConfig(
            300, 128, 352, 6, 4, 2, 64, 1e4f, 1e-5f, Weights.BITNET, Activation.SILU, true, true);
    TransformerConfig dense = TransformerConfig.gpt2(300, 96, 5, 3, 64);
    for (TransformerConfig c : new TransformerConfig[] {bitnet, dense}) {
      for (int interval : new int[] {2, c.layers()}) {
        long formula = MemoryNeed.training(c, 4, 64, interval);
        long before = NativeMemory.allocatedBytes();
        train(c, 4, interval);
        long bytes = NativeMemory.allocatedBytes() - before;
        assertEquals(1, (double) bytes / formula, 0.05, c + ", interval " + interval);
      }
    }
  }

  private static void train(TransformerConfig c, int batch, int interval) {
    Transformer model = Transformer.random(c, 1);
    model.checkpointEvery(interval);
    AdamW optimizer = new AdamW(model.parameters(), AdamW.Settings.DEFAULT);
    int[] ids = new int[batch * c.context()];
    model.forward(ids, batch);
    model.lossAndBackward(ids);
    optimizer.step(1e-3, 1);
    model.weightsChanged();
  }
}
