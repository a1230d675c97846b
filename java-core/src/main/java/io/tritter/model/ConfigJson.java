package io.tritter.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tritter.format.FormatException;
import io.tritter.kernel.Activation;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A {@link TransformerConfig} as Hugging Face's {@code config.json}. */
final class ConfigJson {
  private static final ObjectMapper JSON = new ObjectMapper();

  private ConfigJson() {}

  /**
   * The file's text.
   *
   * @param packed how the matrices are stored, if packed
   * @param dtype of the other weights, by the name that PyTorch has for it
   */
  static String write(TransformerConfig c, @Nullable Quantization packed, String dtype)
      throws IOException {
    ObjectNode json = JSON.createObjectNode();
    switch (c.architecture()) {
      case LLAMA -> LlamaJson.write(c, packed, json);
      case GPT2 -> Gpt2Json.write(c, json);
    }
    json.put("vocab_size", c.vocabSize());
    json.put("tie_word_embeddings", c.tiedEmbeddings());
    json.put("dtype", dtype);
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
    JsonFields fields = new JsonFields(file, json, "");
    String type = fields.text("model_type", "");
    try {
      return switch (type) {
        case "bitnet", "llama" -> LlamaJson.read(fields, type.equals("bitnet"));
        case "gpt2" -> Gpt2Json.read(fields);
        default ->
            throw fields.fail("expected model_type bitnet, llama or gpt2, got '" + type + "'");
      };
    } catch (IllegalArgumentException e) {
      throw fields.fail(String.valueOf(e.getMessage()));
    }
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

  /**
   * The activation of a name.
   *
   * @param file named in the error
   * @param key named in the error
   */
  static Activation activation(Path file, String key, String name) throws FormatException {
    for (Activation activation : Activation.values()) {
      if (name(activation).equals(name)) {
        return activation;
      }
    }
    List<String> names = Arrays.stream(Activation.values()).map(ConfigJson::name).toList();
    throw new FormatException(
        file.toString(), 0, key + ": expected one of " + names + ", got '" + name + "'");
  }
}
