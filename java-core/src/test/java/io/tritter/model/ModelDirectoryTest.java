package io.tritter.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tritter.Golden;
import io.tritter.format.FormatException;
import io.tritter.format.Safetensors;
import io.tritter.format.StoredTensor;
import io.tritter.kernel.Activation;
import io.tritter.model.TransformerConfig.Weights;
import io.tritter.nn.Parameter;
import io.tritter.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ModelDirectoryTest {
  @TempDir Path folder;

  private static final int[] IDS = {1, 5, 9, 2, 77, 30};

  @Test
  void aModelInTrainingIsReadBackToTheBit() throws IOException {
    Transformer model = Transformer.random(TransformerConfig.demo(), 3);
    model.save(folder);
    Transformer again = Transformer.load(folder);
    assertEquals(model.config(), again.config());
    for (int i = 0; i < model.parameters().size(); i++) {
      Parameter p = model.parameters().get(i);
      Parameter q = again.parameters().get(i);
      assertEquals(p.name(), q.name());
      assertArrayEquals(p.value().toArray(), q.value().toArray(), p.name());
    }
    assertArrayEquals(model.forward(IDS, 1).toArray(), again.forward(IDS, 1).toArray());
  }

  @ParameterizedTest
  @EnumSource
  void aModelIsReadBackToTheBitWithAllThatItComputes(TinyModel kind) throws IOException {
    Transformer model = kind.random(5);
    model.save(folder);
    Transformer again = Transformer.load(folder);
    assertEquals(model.config(), again.config());
    int[] ids = {1, 2, 3, 4, 5};
    assertArrayEquals(model.forward(ids, 1).toArray(), again.forward(ids, 1).toArray());
  }

  @Test
  void ternaryMatricesWithoutSubNormsHaveNoFileAndAreRefusedBeforeOneIsWritten() {
    TransformerConfig config =
        new TransformerConfig(
            31, 16, 24, 1, 2, 2, 8, 1e4f, 1e-5f, Weights.BITNET, Activation.SILU, false, true);
    Path fresh = folder.resolve("fresh");
    Transformer model = Transformer.random(config, 1);
    assertThrows(IllegalArgumentException.class, () -> model.save(fresh));
    assertFalse(Files.exists(fresh));
  }

  @Test
  void aPackedModelIsReadBackToTheBitAndTakesTwoBitsATrit() throws IOException {
    Transformer model = Transformer.random(TransformerConfig.demo(), 5);
    Transformer packed = model.pack();
    packed.save(folder);
    Transformer again = Transformer.load(folder);
    assertArrayEquals(packed.forward(IDS, 1).toArray(), again.forward(IDS, 1).toArray());
    assertEquals(packed.sizeBytes(), again.sizeBytes());
    long trits =
        model.config().parameterCount()
            - packed.parameters().stream().mapToLong(p -> p.value().size()).sum();
    assertTrue(packed.sizeBytes() < model.sizeBytes() - trits * 4 + trits / 4 + 1000);
    assertTrue(Files.size(folder.resolve("model.safetensors")) < packed.sizeBytes() + 10_000);
  }

  @ParameterizedTest
  @ValueSource(strings = {"llama_tiny", "llama_biased", "gpt2_tiny"})
  void denseModelsOfTransformersAreWrittenAsTheyWere(String directory) throws IOException {
    Path golden = Golden.path(directory);
    Transformer model = Transformer.load(golden);
    model.save(folder);
    assertEquals(
        -1,
        Files.mismatch(golden.resolve("model.safetensors"), folder.resolve("model.safetensors")));
    Transformer again = Transformer.load(folder);
    assertEquals(model.config(), again.config());
    assertArrayEquals(model.forward(IDS, 1).toArray(), again.forward(IDS, 1).toArray());
  }

  /** OpenAI's files have neither the prefix nor an output matrix, but masks. */
  @Test
  void namesOfGpt2MayLackTheirPrefix() throws IOException {
    Path golden = Golden.path("gpt2_tiny");
    Map<String, StoredTensor> bare = new LinkedHashMap<>();
    try (Safetensors file = Safetensors.open(golden.resolve("model.safetensors"))) {
      for (String name : file.names()) {
        bare.put(name.substring("transformer.".length()), file.get(name));
      }
      bare.put("h.0.attn.bias", StoredTensor.of(Tensor.zeros(1, 1, 40, 40)));
      Safetensors.write(folder.resolve("model.safetensors"), bare, Map.of());
    }
    Files.copy(golden.resolve("config.json"), folder.resolve("config.json"));
    assertArrayEquals(
        Transformer.load(golden).forward(IDS, 1).toArray(),
        Transformer.load(folder).forward(IDS, 1).toArray());
  }

  /** The bytes of every packed tensor are those that transformers itself wrote. */
  @Test
  void packedWeightsOfTransformersAreWrittenAsTheyWere() throws IOException {
    Path golden = Golden.path("bitnet_packed");
    Transformer.load(golden).save(folder);
    try (Safetensors expected = Safetensors.open(golden.resolve("model.safetensors"));
        Safetensors actual = Safetensors.open(folder.resolve("model.safetensors"))) {
      assertEquals(expected.names(), actual.names());
      for (String name : expected.names()) {
        assertEquals(-1, expected.get(name).data().mismatch(actual.get(name).data()), name);
      }
    }
  }

  @Test
  void whatDoesNotFitIsRefusedWithFileAndReason() throws IOException {
    Transformer.random(TransformerConfig.demo(), 7).pack().save(folder);
    Path config = folder.resolve("config.json");
    String good = Files.readString(config);
    refused(
        config, good.replace("\"hidden_size\" : 128", "\"hidden_size\" : 64"), "shape [256, 64]");
    refused(config, good.replace("\"bitnet\"", "\"mamba\""), "model_type bitnet, llama or gpt2");
    refused(
        config,
        good.replace("\"silu\"", "\"tanh\""),
        "hidden_act: expected one of [silu, gelu, gelu_pytorch_tanh, relu2]");
    refused(
        config, good.replace("\"vocab_size\" : 256", "\"vocab_size\" : \"many\""), "vocab_size");
    refused(
        config,
        good.replace("\"num_attention_heads\" : 4", "\"num_attention_heads\" : 0"),
        "heads");
    refused(config, "{ not json", "config.json");
    refused(config, "[]", "model_type");
    Files.writeString(config, good);
    Transformer.load(folder);
  }

  private void refused(Path config, String text, String reason) throws IOException {
    Files.writeString(config, text);
    FormatException e = assertThrows(FormatException.class, () -> Transformer.load(folder));
    assertTrue(String.valueOf(e.getMessage()).contains(reason), e.getMessage());
  }
}
