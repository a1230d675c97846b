package io.tritter.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tritter.Golden;
import io.tritter.model.Quantization.Target;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class QuantizedTest {
  private static final int[] IDS = {1, 5, 9, 2, 7, 7, 0, 30, 12, 3};

  @TempDir Path directory;

  @ParameterizedTest
  @EnumSource(value = Target.class, names = "BITNET", mode = EnumSource.Mode.EXCLUDE)
  void aModelThatIsQuantizedInMemoryIsTheQuantizedCheckpoint(Target target) throws Exception {
    Path dense = Golden.path("llama_tiny");
    Quantization to = new Quantization(target, 32, true);
    Quantizer.run(dense, directory.resolve("packed"), to, m -> {});
    Transformer packed = Transformer.load(dense).quantized(to, false);
    float[] expected = logits(Transformer.load(directory.resolve("packed")));
    assertArrayEquals(expected, logits(packed), 0f);
    packed.save(directory.resolve("saved"));
    assertArrayEquals(expected, logits(Transformer.load(directory.resolve("saved"))), 0f);
  }

  @Test
  void packedMatricesStayAsTheyAre() {
    Transformer packed = TinyModel.BIASED.random(3).quantized(Quantization.to(Target.INT8), false);
    Transformer again = packed.quantized(Quantization.to(Target.NF4), false);
    assertArrayEquals(logits(packed), logits(again), 0f);
    assertSame(
        packed.linears().values().iterator().next(), again.linears().values().iterator().next());
  }

  @Test
  void theTablesAreQuantizedWhereThatIsWanted() {
    for (TinyModel kind : new TinyModel[] {TinyModel.LLAMA, TinyModel.BIASED}) {
      Transformer dense = kind.random(3);
      Transformer matrices = dense.quantized(Quantization.to(Target.INT8), false);
      Transformer all = dense.quantized(Quantization.to(Target.INT8), true);
      assertTrue(all.sizeBytes() < matrices.sizeBytes());
      float[] expected = logits(matrices);
      float[] got = logits(all);
      float largest = 0;
      for (int i = 0; i < got.length; i++) {
        largest = Math.max(largest, Math.abs(got[i] - expected[i]));
      }
      assertTrue(largest > 0 && largest < 0.05, "off by " + largest); // half of 1/127 a weight
    }
  }

  @Test
  void whatCannotBeQuantizedInMemoryIsRefused() {
    Quantization nf4 = Quantization.to(Target.NF4);
    assertThrows(
        IllegalArgumentException.class, () -> TinyModel.GPT2.random(1).quantized(nf4, false));
    assertThrows(
        IllegalArgumentException.class,
        () -> TinyModel.LLAMA.random(1).quantized(Quantization.to(Target.BITNET), false));
    Transformer ternary = TinyModel.BITNET.random(1).pack();
    assertEquals(ternary.sizeBytes(), ternary.quantized(nf4, false).sizeBytes());
  }

  private static float[] logits(Transformer model) {
    return model.forward(IDS, 1).toArray();
  }
}
