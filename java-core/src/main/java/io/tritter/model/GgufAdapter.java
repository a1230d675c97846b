package io.tritter.model;

import io.tritter.adapter.AdaptedLinear;
import io.tritter.adapter.LinearAdapter;
import io.tritter.adapter.LoraConfig;
import io.tritter.adapter.LoraSum;
import io.tritter.format.Gguf;
import io.tritter.format.GgufTensor;
import io.tritter.format.GgufType;
import io.tritter.format.GgufValue;
import io.tritter.model.TransformerConfig.Architecture;
import io.tritter.nn.Linear;
import io.tritter.nn.Parameter;
import io.tritter.tensor.Check;
import io.tritter.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Writes a LoRA adapter as a GGUF file, as llama.cpp takes it beside a model: {@code W + alpha / r
 * * b a}, with {@code a} [r, in] and {@code b} [out, r] under the names of the matrices.
 */
final class GgufAdapter {
  private GgufAdapter() {}

  /**
   * Writes a file.
   *
   * @param layers the base layers by name, without {@code .weight}
   * @throws IllegalArgumentException for other adapters, and for what the format cannot hold
   */
  static void write(
      Path file,
      String name,
      NamedAdapter adapter,
      Map<String, Linear> layers,
      TransformerConfig model,
      GgufType type)
      throws IOException {
    if (!(adapter.config() instanceof LoraConfig c) || c.useDora()) {
      throw Check.expected(name, "LoRA without magnitudes, as GGUF files hold", adapter.config());
    }
    if (type != GgufType.F32 && type != GgufType.F16 && type != GgufType.BF16) {
      throw Check.expected("type", "F32, F16 or BF16", type);
    }
    boolean difference = c.initLoraWeights() == LoraConfig.Init.PISSA;
    int rank = LoraSum.CAT.rank(List.of(c), 0);
    Map<String, GgufTensor> tensors = new LinkedHashMap<>();
    adapter
        .layers()
        .forEach(
            (layer, a) -> {
              Linear base = Objects.requireNonNull(layers.get(layer));
              LinearAdapter plain =
                  difference
                      ? LoraSum.CAT.of(
                          layer, name, base, List.of(new AdaptedLinear.Active(a, 1f)), rank)
                      : a;
              String key = layer + ".weight";
              String inFile = GgufNames.of(key);
              Tensor b = value(plain, "lora_B.weight");
              tensors.put(inFile + ".lora_a", GgufTensor.of(type, value(plain, "lora_A.weight")));
              tensors.put(inFile + ".lora_b", GgufTensor.of(type, rows(key, b, model)));
            });
    Map<String, GgufValue> metadata = new LinkedHashMap<>();
    metadata.put(GgufMetadata.ARCHITECTURE, GgufValue.string(GgufMetadata.architecture(model)));
    metadata.put("general.type", GgufValue.string("adapter"));
    metadata.put("general.name", GgufValue.string(name));
    metadata.put("adapter.type", GgufValue.string("lora"));
    float alpha = difference ? rank : c.scaling() * rank;
    metadata.put("adapter.lora.alpha", GgufValue.float32(alpha));
    Gguf.write(file, metadata, tensors);
  }

  private static Tensor value(LinearAdapter adapter, String key) {
    Parameter p = Objects.requireNonNull(adapter.parameters().get(key));
    return p.value();
  }

  /** The outputs in the order of the file; matrices of a GPT-2 lie the same way in an adapter. */
  private static Tensor rows(String key, Tensor b, TransformerConfig model) {
    return model.architecture() == Architecture.GPT2 ? b : GgufOrder.toFile(key, b, model);
  }
}
