package io.tritter.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tritter.adapter.LoraConfig;
import io.tritter.adapter.TargetModules;
import io.tritter.kernel.Activation;
import io.tritter.model.Quantization.Target;
import io.tritter.model.TransformerConfig.Weights;
import io.tritter.nn.Parameter;
import io.tritter.optim.AdamW;
import io.tritter.tensor.NativeMemory;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/** What fine-tuning takes in native memory, counted as it is allocated. */
@Tag("any-width")
@Isolated("counts what the JVM allocates")
class QloraMemoryTest {
  /** A quarter of the widths of the preset 100m, a sixteenth of its vocabulary. */
  private static final TransformerConfig CONFIG =
      new TransformerConfig(
          2000,
          192,
          448,
          12,
          3,
          3,
          32,
          10_000f,
          1e-5f,
          Weights.DENSE,
          Activation.SILU,
          false,
          true);

  /** 4 bits, a float32 scale for 64 weights, and the ends of rows. */
  private static final double BYTES_A_WEIGHT = 0.6;

  @Test
  void baseWeightsTakeSixTenthsOfAByteAndOnlyTheAdapterHasAnOptimizer() {
    Transformer dense = Transformer.random(CONFIG, 1);
    long before = NativeMemory.allocatedBytes();
    Transformer base = dense.quantized(Quantization.to(Target.NF4), true);
    long weights = NativeMemory.allocatedBytes() - before;
    assertTrue(weights <= BYTES_A_WEIGHT * CONFIG.parameterCount(), weights + " bytes");
    assertTrue(weights >= 0.5 * CONFIG.matrixWeights(), weights + " bytes");

    before = NativeMemory.allocatedBytes();
    Adapters adapters = new Adapters(base);
    adapters.add("default", LoraConfig.of(4, 8, TargetModules.ALL_LINEAR), 1);
    Transformer model = adapters.model();
    long count = adapters.trainableCount();
    assertEquals(4 * count, NativeMemory.allocatedBytes() - before);
    before = NativeMemory.allocatedBytes();
    AdamW optimizer = new AdamW(model.parameters(), AdamW.Settings.DEFAULT);
    assertEquals(3 * 4 * count, NativeMemory.allocatedBytes() - before); // with the gradients
    int[] ids = new int[CONFIG.context()];
    step(model, optimizer, ids);
    before = NativeMemory.allocatedBytes();
    step(model, optimizer, ids);
    long again = NativeMemory.allocatedBytes() - before;
    assertTrue(again <= 0.01 * weights, again + " bytes in a further step");
    for (Parameter p : base.parameters()) {
      assertEquals(1, p.value().rank(), p.name()); // norms alone are left in float32
    }
  }

  private static void step(Transformer model, AdamW optimizer, int[] ids) {
    model.clearGradients();
    model.forward(ids, 1);
    model.lossAndBackward(ids);
    optimizer.step(1e-3, 1);
    model.weightsChanged();
  }
}
