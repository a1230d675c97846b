package io.tritter.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.tritter.Golden;
import io.tritter.adapter.AdapterConfig;
import io.tritter.adapter.LoraConfig;
import io.tritter.adapter.PrefixTuningConfig;
import io.tritter.adapter.TargetModules;
import io.tritter.format.Gguf;
import io.tritter.format.GgufType;
import io.tritter.format.GgufValue;
import io.tritter.nn.Parameter;
import io.tritter.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class GgufAdapterTest {
  private static final LoraConfig LORA = LoraConfig.of(3, 5, TargetModules.ALL_LINEAR);

  /** A matrix merged here and there, in another order of addition. */
  private static final float MERGED = 1e-6f;

  @TempDir Path directory;

  static Stream<Arguments> kinds() {
    return Stream.of("llama_tiny", "gpt2_tiny")
        .flatMap(
            model ->
                Stream.of(LORA, LORA.withRslora(), LORA.withInit(LoraConfig.Init.PISSA))
                    .map(config -> Arguments.of(model, config)));
  }

  /** As llama.cpp does: {@code W + alpha / r * b a}, all of them in its order of rows. */
  @ParameterizedTest
  @MethodSource("kinds")
  void theMatricesOfTheModelWithTheAdapterAreThoseOfTheMergedModel(String model, LoraConfig config)
      throws IOException {
    Adapters adapters = adapters(Transformer.load(Golden.path(model)), config);
    Path file = directory.resolve("adapter.gguf");
    adapters.saveGguf("default", file, GgufType.F32);
    Path base = directory.resolve("base.gguf");
    adapters.base().saveGguf(base, GgufType.F32, Map.of());
    Path merged = directory.resolve("merged.gguf");
    adapters.mergeAndUnload().saveGguf(merged, GgufType.F32, Map.of());
    try (Gguf a = Gguf.open(file);
        Gguf b = Gguf.open(base);
        Gguf m = Gguf.open(merged)) {
      float alpha = (float) value(a, "adapter.lora.alpha").asDouble();
      assertEquals("adapter", value(a, "general.type").asString());
      assertEquals("lora", value(a, "adapter.type").asString());
      assertEquals(value(b, "general.architecture"), value(a, "general.architecture"));
      int changed = 0;
      for (String name : b.tensors().keySet()) {
        Tensor w = tensor(b, name);
        if (a.tensors().containsKey(name + ".lora_a")) {
          changed++;
          add(w, tensor(a, name + ".lora_a"), tensor(a, name + ".lora_b"), alpha);
        }
        assertArrayEquals(tensor(m, name).toArray(), w.toArray(), MERGED, name);
      }
      assertEquals(2 * changed, a.tensors().size());
      assertEquals(adapters.base().linears().size(), changed);
    }
  }

  @Test
  void whatTheFormatCannotHoldIsRefused() throws IOException {
    Transformer base = Transformer.load(Golden.path("llama_tiny"));
    Path file = directory.resolve("x.gguf");
    for (AdapterConfig config : new AdapterConfig[] {LORA.withDora(), new PrefixTuningConfig(2)}) {
      Adapters adapters = adapters(base, config);
      assertThrows(
          IllegalArgumentException.class, () -> adapters.saveGguf("default", file, GgufType.F32));
    }
    Adapters adapters = adapters(base, LORA);
    assertThrows(
        IllegalArgumentException.class, () -> adapters.saveGguf("default", file, GgufType.TQ2_0));
    assertFalse(Files.exists(file));
  }

  private static Adapters adapters(Transformer base, AdapterConfig config) {
    Adapters adapters = new Adapters(base);
    adapters.add("default", config, 1);
    int n = 0;
    for (Parameter p : adapters.model().parameters()) {
      for (long i = 0; i < p.value().size(); i++) {
        p.value().set(i, p.value().get(i) + 0.1f * (float) Math.sin(++n));
      }
    }
    adapters.model().weightsChanged();
    return adapters;
  }

  private static void add(Tensor w, Tensor a, Tensor b, float alpha) {
    int rank = a.dim(0);
    assertEquals(rank, b.dim(1));
    for (int o = 0; o < b.dim(0); o++) {
      for (int i = 0; i < a.dim(1); i++) {
        double sum = 0;
        for (int r = 0; r < rank; r++) {
          sum += (double) b.get((long) o * rank + r) * a.get((long) r * a.dim(1) + i);
        }
        long at = (long) o * a.dim(1) + i;
        w.set(at, (float) (w.get(at) + alpha / rank * sum));
      }
    }
  }

  private static GgufValue value(Gguf file, String key) {
    return Objects.requireNonNull(file.metadata().get(key));
  }

  private static Tensor tensor(Gguf file, String name) {
    return Objects.requireNonNull(file.tensors().get(name)).toTensor();
  }
}
