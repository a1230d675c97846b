package io.tritter.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.tritter.format.FormatException;
import io.tritter.kernel.Activation;
import io.tritter.model.TransformerConfig.Architecture;
import io.tritter.model.TransformerConfig.Weights;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Keys as transformers 4 and 5 write them; single quotes stand for double ones. */
@Tag("any-width")
class ConfigJsonTest {
  private static final String LLAMA =
      """
      'model_type': 'llama', 'vocab_size': 97, 'hidden_size': 48, 'intermediate_size': 72,
      'num_hidden_layers': 2, 'num_attention_heads': 3, 'max_position_embeddings': 64""";

  private static final String GPT2 =
      """
      'model_type': 'gpt2', 'vocab_size': 97, 'n_embd': 48, 'n_layer': 2, 'n_head': 3,
      'n_positions': 40, 'n_ctx': 40""";

  private static TransformerConfig read(String keys) throws IOException {
    String json = "{" + keys.replace('\'', '"') + "}";
    return ConfigJson.read(Path.of("config.json"), new ObjectMapper().readTree(json));
  }

  private static void refused(String message, String keys) {
    FormatException e = assertThrows(FormatException.class, () -> read(keys));
    assertTrue(String.valueOf(e.getMessage()).endsWith(message), e.getMessage());
  }

  @Test
  void whatIsAbsentIsAsInTransformers() throws IOException {
    assertEquals(
        new TransformerConfig(
            97, 48, 72, 2, 3, 3, 64, 1e4f, 1e-6f, Weights.DENSE, Activation.SILU, false, false),
        read(LLAMA));
    TransformerConfig bitnet = read(LLAMA.replace("llama", "bitnet"));
    assertEquals(5e5f, bitnet.ropeTheta());
    assertEquals(1e-5f, bitnet.normEps());
    assertEquals(Activation.RELU2, bitnet.activation());
    assertEquals(TransformerConfig.gpt2(97, 48, 2, 3, 40), read(GPT2));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "'rope_theta': 25000.0, 'rope_scaling': null, 'torch_dtype': 'bfloat16'",
        "'rope_theta': 25000.0, 'rope_scaling': {'rope_type': 'default'}",
        "'rope_theta': 25000.0, 'rope_scaling': {'type': 'default'}",
        "'rope_parameters': {'rope_theta': 25000.0, 'rope_type': 'default'}, 'dtype': 'bfloat16'",
        "'rope_parameters': {'rope_theta': 25000.0}, 'rope_theta': 1.0"
      })
  void theBaseOfTheAnglesIsUnderTheKeyOfEitherVersion(String keys) throws IOException {
    assertEquals(25_000f, read(LLAMA + ", " + keys).ropeTheta());
  }

  @Test
  void biasesAndTheWidthOfHeadsAreRead() throws IOException {
    TransformerConfig c =
        read(
            LLAMA
                + ", 'attention_bias': true, 'mlp_bias': false, 'head_dim': 24"
                + ", 'num_key_value_heads': 1, 'tie_word_embeddings': true");
    assertTrue(c.attentionBias() && !c.mlpBias() && c.tiedEmbeddings());
    assertEquals(24, c.headDim());
    assertEquals(72, c.querySize());
    assertEquals(24, c.kvSize());
    assertTrue(read(LLAMA + ", 'mlp_bias': true").mlpBias());
    assertEquals(16, read(LLAMA + ", 'head_dim': null").headDim());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "rope_scaling.rope_type: expected \"default\", got \"llama3\""
            + "|'rope_scaling': {'rope_type': 'llama3', 'factor': 8.0}",
        "rope_scaling.type: expected \"default\", got \"linear\""
            + "|'rope_scaling': {'type': 'linear', 'factor': 2.0}",
        "rope_parameters.rope_type: expected \"default\", got \"yarn\""
            + "|'rope_parameters': {'rope_type': 'yarn', 'rope_theta': 1.0}",
        "rope_parameters.partial_rotary_factor: expected 1, got 0.5"
            + "|'rope_parameters': {'rope_type': 'default', 'partial_rotary_factor': 0.5}",
        "got {\"full_attention\":{\"rope_theta\":1.0}}"
            + "|'rope_parameters': {'full_attention': {'rope_theta': 1.0}}",
        "rope_parameters: expected an object, got 3|'rope_parameters': 3",
        "partial_rotary_factor: expected 1, got 0.25|'partial_rotary_factor': 0.25",
        "sliding_window: expected null, got 4096|'sliding_window': 4096",
        "each layer, got [\"full_attention\",\"sliding_attention\"]"
            + "|'layer_types': ['full_attention', 'sliding_attention']",
        "attention_bias: expected true or false, got \"yes\"|'attention_bias': 'yes'",
        "head_dim: expected an integer, got 16.5|'head_dim': 16.5",
        "headDim: expected an even number, got 15|'head_dim': 15",
        "a divisor of hidden_size, or a head_dim, got 5|'num_attention_heads': 5",
        "rope_theta: expected a number, got \"big\"|'rope_theta': 'big'"
      })
  void whatIsNotThereIsRefused(String message, String keys) {
    refused(message, LLAMA + ", " + keys);
  }

  @Test
  void aSlidingWindowThatIsSwitchedOffIsNone() throws IOException {
    assertEquals(
        read(LLAMA), read(LLAMA + ", 'sliding_window': 4096, 'use_sliding_window': false"));
  }

  @Test
  void biasesOfABitnetAreRefused() {
    refused(
        "weights: expected DENSE in layers with a bias, got BITNET",
        LLAMA.replace("llama", "bitnet") + ", 'attention_bias': true, 'quantization_config': {}");
  }

  @Test
  void aBitnetWithoutQuantizationIsDenseWithSubNorms() throws IOException {
    TransformerConfig config = read(LLAMA.replace("llama", "bitnet"));
    assertEquals(Weights.DENSE, config.weights());
    assertTrue(config.subNorms());
  }

  @Test
  void gpt2HasItsOwnKeys() throws IOException {
    TransformerConfig c = read(GPT2 + ", 'n_inner': 100, 'activation_function': 'gelu'");
    assertEquals(Architecture.GPT2, c.architecture());
    assertEquals(100, c.intermediateSize());
    assertEquals(Activation.GELU, c.activation());
    assertEquals(Activation.GELU_TANH, read(GPT2 + ", 'n_inner': null").activation());
    refused("scale_attn_weights: expected true, got false", GPT2 + ", 'scale_attn_weights': false");
    refused(
        "scale_attn_by_inverse_layer_idx: expected false, got true",
        GPT2 + ", 'scale_attn_by_inverse_layer_idx': true");
    refused(
        "add_cross_attention: expected false, got true", GPT2 + ", 'add_cross_attention': true");
    refused("n_head: expected a divisor of n_embd = 48, got 5", GPT2 + ", 'n_head': 5");
  }

  @ParameterizedTest
  @ValueSource(strings = {LLAMA, GPT2, LLAMA + ", 'attention_bias': true, 'head_dim': 24"})
  void whatIsWrittenIsReadBack(String keys) throws IOException {
    TransformerConfig config = read(keys);
    String text = ConfigJson.write(config, null, "float32");
    assertEquals(
        config, ConfigJson.read(Path.of("config.json"), new ObjectMapper().readTree(text)));
  }
}
