package io.tritter.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tritter.Golden;
import io.tritter.bitnet.BitLinear;
import io.tritter.format.FormatException;
import io.tritter.format.Gguf;
import io.tritter.format.GgufTensor;
import io.tritter.format.GgufType;
import io.tritter.format.GgufValue;
import io.tritter.kernel.Activation;
import io.tritter.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class GgufModelTest {
  private static final int[] IDS = {1, 5, 9, 2, 77, 30};

  @TempDir Path dir;

  @ParameterizedTest
  @ValueSource(strings = {"llama_tiny", "llama_biased", "gpt2_tiny"})
  void aDenseModelInFloat32IsReadBackToTheBit(String directory) throws IOException {
    Transformer model = Transformer.load(Golden.path(directory));
    Transformer again = throughFile(model, GgufType.F32);
    assertEquals(model.config(), again.config());
    assertArrayEquals(model.forward(IDS, 1).toArray(), again.forward(IDS, 1).toArray());
  }

  /** llama.cpp rotates neighbours: row 2 i + s of a head is row s * half + i of transformers. */
  @Test
  void rowsOfQueriesAndKeysAreInTheOrderOfLlama() throws IOException {
    Transformer model = Transformer.load(Golden.path("llama_tiny"));
    Path path = dir.resolve("a.gguf");
    model.saveGguf(path, GgufType.F32, Map.of());
    Tensor ours = model.blocks().get(0).linears().get(1).parameters().get(0).value();
    int dim = model.config().headDim();
    try (Gguf file = Gguf.open(path)) {
      Tensor theirs = file.get("blk.0.attn_k.weight").toTensor();
      for (int head = 0; head < model.config().kvHeads(); head++) {
        for (int i = 0; i < dim / 2; i++) {
          for (int s = 0; s < 2; s++) {
            int to = head * dim + 2 * i + s;
            int from = head * dim + s * dim / 2 + i;
            assertArrayEquals(
                ours.rows(from, from + 1).toArray(), theirs.rows(to, to + 1).toArray());
          }
        }
      }
    }
  }

  /** llama.cpp has every matrix as [out, in], GPT-2's layers in transformers are [in, out]. */
  @Test
  void matricesOfGpt2AreTransposed() throws IOException {
    Transformer model = Transformer.load(Golden.path("gpt2_tiny"));
    Path path = dir.resolve("a.gguf");
    model.saveGguf(path, GgufType.Q8_0, Map.of());
    try (Gguf file = Gguf.open(path)) {
      assertEquals("gpt2", value(file, "general.architecture").asString());
      assertEquals(1e-5, value(file, "gpt2.attention.layer_norm_epsilon").asDouble(), 1e-12);
      assertEquals(GgufType.F32, file.get("position_embd.weight").type());
      assertEquals(GgufType.F32, file.get("blk.1.attn_qkv.bias").type());
      assertEquals(GgufType.Q8_0, file.get("blk.0.ffn_down.weight").type()); // 192 = 6 * 32
    }
    model.saveGguf(path, GgufType.F32, Map.of());
    Tensor ours = model.blocks().get(0).linears().get(0).parameters().get(0).value();
    try (Gguf file = Gguf.open(path)) {
      Tensor theirs = file.get("blk.0.attn_qkv.weight").toTensor();
      assertEquals(ours.dim(0), theirs.dim(1));
      for (int in = 0; in < ours.dim(0); in++) {
        for (int out = 0; out < ours.dim(1); out++) {
          assertEquals(
              ours.get((long) in * ours.dim(1) + out), theirs.get((long) out * ours.dim(0) + in));
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void aBitnetKeepsItsTritsInEveryType(GgufType type) throws IOException {
    // 256 columns, which TQ1_0 and TQ2_0 ask for, and 352 that do not fit and become F16
    TransformerConfig d = TransformerConfig.demo();
    TransformerConfig config =
        new TransformerConfig(
            d.vocabSize(),
            256,
            d.intermediateSize(),
            2,
            4,
            2,
            d.context(),
            d.ropeTheta(),
            d.normEps(),
            d.weights(),
            Activation.RELU2,
            true,
            true);
    Transformer model = Transformer.random(config, 7).pack();
    Transformer again = throughFile(model, type);
    assertEquals(model.config(), again.config());
    for (int block = 0; block < 2; block++) {
      for (int i = 0; i < 7; i++) {
        var ours = (BitLinear) model.blocks().get(block).linears().get(i);
        var theirs = (BitLinear) again.blocks().get(block).linears().get(i);
        assertEquals(ours.weight(), theirs.weight(), "block " + block + ", matrix " + i);
        float halfUlp = type == GgufType.BF16 ? 1f / 256 : 1f / 2048; // of float16 otherwise
        float scale = ours.scales().get(0);
        assertEquals(scale, theirs.scales().get(0), scale * halfUlp);
      }
    }
  }

  @Test
  void aModelInTrainingIsExportedAsThePackedOne() throws IOException {
    Transformer model = Transformer.random(TransformerConfig.demo(), 3);
    Transformer again = throughFile(model, GgufType.F32);
    assertArrayEquals(model.pack().forward(IDS, 1).toArray(), again.forward(IDS, 1).toArray());
  }

  @Test
  void theTokenizerIsCarried() throws IOException {
    Path path = dir.resolve("a.gguf");
    Map<String, GgufValue> tokenizer = Map.of("tokenizer.ggml.model", GgufValue.string("gpt2"));
    Transformer.random(TransformerConfig.demo(), 3).saveGguf(path, GgufType.F16, tokenizer);
    try (Gguf file = Gguf.open(path)) {
      assertEquals("bitnet", value(file, "general.architecture").asString());
      assertEquals("silu", value(file, "bitnet.hidden_act").asString());
      assertEquals("gpt2", value(file, "tokenizer.ggml.model").asString());
    }
  }

  @Test
  void whatDoesNotFitIsRefused() throws IOException {
    Transformer dense = Transformer.load(Golden.path("llama_tiny"));
    Path path = dir.resolve("a.gguf");
    assertThrows(
        IllegalArgumentException.class, () -> dense.saveGguf(path, GgufType.TQ2_0, Map.of()));
    dense.saveGguf(path, GgufType.F32, Map.of());
    refused(path, "general.architecture", GgufValue.string("mamba"), "llama, bitnet or gpt2");
    refused(path, "llama.block_count", GgufValue.uint32(9), "blk.2.attn_norm.weight");
    refused(path, "llama.block_count", GgufValue.string("2"), "an integer");
    refused(path, "llama.embedding_length", GgufValue.uint32(32), "shape");
    refused(path, "llama.attention.head_count", GgufValue.uint32(0), "1 to 2^31 - 1");
  }

  private void refused(Path path, String key, GgufValue value, String message) throws IOException {
    Path changed = dir.resolve("changed.gguf");
    try (Gguf file = Gguf.open(path)) {
      Map<String, GgufValue> metadata = new LinkedHashMap<>(file.metadata());
      metadata.put(key, value);
      Map<String, GgufTensor> tensors = file.tensors();
      Gguf.write(changed, metadata, tensors);
    }
    FormatException e = assertThrows(FormatException.class, () -> Transformer.loadGguf(changed));
    assertTrue(String.valueOf(e.getMessage()).contains(message), e.getMessage());
    assertEquals(changed.toString(), e.source());
  }

  private static GgufValue value(Gguf file, String key) {
    GgufValue value = file.metadata().get(key);
    if (value == null) {
      throw new AssertionError("no value of " + key);
    }
    return value;
  }

  private Transformer throughFile(Transformer model, GgufType type) throws IOException {
    Path path = dir.resolve("model.gguf");
    model.saveGguf(path, type, Map.of());
    return Transformer.loadGguf(path);
  }
}
