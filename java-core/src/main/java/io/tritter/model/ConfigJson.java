package io.tritter.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tritter.format.FormatException;
import io.tritter.kernel.Activation;
import io.tritter.model.TransformerConfig.Weights;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** A {@link TransformerConfig} as Hugging Face's {@code config.json} of a BitNet or Llama model. */
final class ConfigJson {
  private static final ObjectMapper JSON = new ObjectMapper();

  private ConfigJson() {}

  /**
   * The file's text.
   *
   * @param packed whether the ternary matrices are stored in 2 bits
   */
  static String write(TransformerConfig c, boolean packed) throws IOException {
    boolean bitnet = c.weights() == Weights.BITNET;
    ObjectNode json = JSON.createObjectNode();
    json.putArray("architectures").add(bitnet ? "BitNetForCausalLM" : "LlamaForCausalLM");
    json.put("model_type", bitnet ? "bitnet" : "llama");
    json.put("vocab_size", c.vocabSize());
    json.put("hidden_size", c.hiddenSize());
    json.put("intermediate_size", c.intermediateSize());
    json.put("num_hidden_layers", c.layers());
    json.put("num_attention_heads", c.heads());
    json.put("num_key_value_heads", c.kvHeads());
    json.put("max_position_embeddings", c.context());
    json.put("rope_theta", c.ropeTheta());
    json.put("rms_norm_eps", c.normEps());
    json.put("hidden_act", name(c.activation()));
    json.put("tie_word_embeddings", c.tiedEmbeddings());
    json.put("attention_bias", false);
    json.put("dtype", "float32");
    if (bitnet) {
      ObjectNode q = json.putObject("quantization_config");
      q.put("quant_method", "bitnet");
      q.put("linear_class", "autobitlinear");
      q.put("quantization_mode", packed ? "offline" : "online");
    }
    return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(json) + "\n";
  }

  /**
   * Whether the scales of packed weights are stored as 1 / mean|w|: so under {@code linear_class:
   * bitlinear}, which is also what transformers takes where none is named.
   */
  static boolean inverseScales(JsonNode json) {
    JsonNode quantization = json.path("quantization_config");
    return quantization.isObject()
        && quantization.path("linear_class").asText("bitlinear").equals("bitlinear");
  }

  /**
   * Reads what {@link #write} writes, and what transformers 4 and 5 write for these models.
   *
   * @param file named in errors
   */
  static TransformerConfig read(Path file, JsonNode json) throws IOException {
    String type = json.path("model_type").asText();
    if (!type.equals("bitnet") && !type.equals("llama")) {
      throw new FormatException(
          file.toString(), 0, "expected model_type bitnet or llama, got '" + type + "'");
    }
    boolean bitnet = type.equals("bitnet");
    int heads = integer(file, json, "num_attention_heads");
    JsonNode theta = json.path("rope_parameters").path("rope_theta");
    try {
      return new TransformerConfig(
          integer(file, json, "vocab_size"),
          integer(file, json, "hidden_size"),
          integer(file, json, "intermediate_size"),
          integer(file, json, "num_hidden_layers"),
          heads,
          json.path("num_key_value_heads").asInt(heads),
          integer(file, json, "max_position_embeddings"),
          (float) (theta.isNumber() ? theta : json.path("rope_theta")).asDouble(10_000),
          (float) json.path("rms_norm_eps").asDouble(1e-6),
          bitnet ? Weights.BITNET : Weights.DENSE,
          activation(file, json.path("hidden_act").asText(bitnet ? "relu2" : "silu")),
          bitnet,
          json.path("tie_word_embeddings").asBoolean(bitnet));
    } catch (IllegalArgumentException e) {
      throw new FormatException(file.toString(), 0, String.valueOf(e.getMessage()));
    }
  }

  private static int integer(Path file, JsonNode json, String key) throws FormatException {
    JsonNode value = json.path(key);
    if (!value.isInt()) {
      throw new FormatException(
          file.toString(), 0, key + ": expected an integer, got " + value.toString());
    }
    return value.intValue();
  }

  /** An activation's name in configurations. */
  static String name(Activation activation) {
    return switch (activation) {
      case SILU -> "silu";
      case GELU -> "gelu";
      case GELU_TANH -> "gelu_pytorch_tanh";
      case RELU2 -> "relu2";
    };
  }

  /** The activation of a name; {@code file} is named in the error. */
  static Activation activation(Path file, String name) throws FormatException {
    for (Activation activation : Activation.values()) {
      if (name(activation).equals(name)) {
        return activation;
      }
    }
    List<String> names = Arrays.stream(Activation.values()).map(ConfigJson::name).toList();
    throw new FormatException(
        file.toString(), 0, "hidden_act: expected one of " + names + ", got '" + name + "'");
  }
}
