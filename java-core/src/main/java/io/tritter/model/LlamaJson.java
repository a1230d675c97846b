package io.tritter.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tritter.format.FormatException;
import io.tritter.model.TransformerConfig.Architecture;
import io.tritter.model.TransformerConfig.Weights;
import io.tritter.tensor.Check;
import org.jspecify.annotations.Nullable;

/** The configuration of a Llama or a BitNet. */
final class LlamaJson {
  private LlamaJson() {}

  /**
   * Writes the keys of transformers 4 and of 5, where they differ. Blocks with sub-norms are those
   * of a BitNet, whose matrices are dense where no {@code quantization_config} says otherwise.
   *
   * @throws IllegalArgumentException for ternary matrices without sub-norms, which has no name
   *     there
   */
  static void write(TransformerConfig c, @Nullable Quantization packed, ObjectNode json) {
    boolean bitnet = c.subNorms();
    if (c.weights() == Weights.BITNET && !bitnet) {
      throw Check.expected("model", "sub_norms, as files of a BitNet have them", "none");
    }
    json.putArray("architectures").add(bitnet ? "BitNetForCausalLM" : "LlamaForCausalLM");
    json.put("model_type", bitnet ? "bitnet" : "llama");
    json.put("hidden_size", c.hiddenSize());
    json.put("intermediate_size", c.intermediateSize());
    json.put("num_hidden_layers", c.layers());
    json.put("num_attention_heads", c.heads());
    json.put("num_key_value_heads", c.kvHeads());
    json.put("head_dim", c.headDim());
    json.put("max_position_embeddings", c.context());
    json.put("rope_theta", c.ropeTheta());
    ObjectNode rope = json.putObject("rope_parameters");
    rope.put("rope_theta", c.ropeTheta());
    rope.put("rope_type", "default");
    json.put("rms_norm_eps", c.normEps());
    json.put("hidden_act", ConfigJson.name(c.activation()));
    json.put("attention_bias", c.attentionBias());
    if (!bitnet || c.mlpBias()) {
      json.put("mlp_bias", c.mlpBias());
    }
    if (packed != null) {
      packed.write(json.putObject("quantization_config"));
    } else if (c.weights() == Weights.BITNET) {
      ObjectNode online = json.putObject("quantization_config");
      Quantization.to(Quantization.Target.BITNET).write(online);
      online.put("quantization_mode", "online");
    }
  }

  static TransformerConfig read(JsonFields json, boolean bitnet) throws FormatException {
    refuseOtherAttention(json);
    int hidden = json.integer("hidden_size");
    int heads = json.integer("num_attention_heads");
    if (!json.has("head_dim") && (heads < 1 || hidden % heads != 0)) {
      throw json.expected("num_attention_heads", "a divisor of hidden_size, or a head_dim");
    }
    String activation = json.text("hidden_act", bitnet ? "relu2" : "silu");
    return new TransformerConfig(
        json.integer("vocab_size"),
        hidden,
        json.integer("intermediate_size"),
        json.integer("num_hidden_layers"),
        heads,
        json.integer("num_key_value_heads", heads),
        json.integer("head_dim", heads == 0 ? 0 : hidden / heads),
        json.integer("max_position_embeddings"),
        theta(json, bitnet ? 500_000 : 10_000),
        (float) json.number("rms_norm_eps", bitnet ? 1e-5 : 1e-6),
        bitnet && json.has("quantization_config") ? Weights.BITNET : Weights.DENSE,
        ConfigJson.activation(json.file(), "hidden_act", activation),
        Architecture.LLAMA,
        bitnet,
        json.bool("attention_bias", false),
        json.bool("mlp_bias", false),
        json.bool("tie_word_embeddings", bitnet));
  }

  /** Under {@code rope_parameters} in version 5, on top in version 4. */
  private static float theta(JsonFields json, double otherwise) throws FormatException {
    JsonFields rope = json.object("rope_parameters");
    refuseScaling(rope);
    refuseScaling(json.object("rope_scaling"));
    return (float) rope.number("rope_theta", json.number("rope_theta", otherwise));
  }

  private static void refuseScaling(JsonFields rope) throws FormatException {
    String key = rope.has("rope_type") || !rope.has("type") ? "rope_type" : "type";
    if (!rope.text(key, "default").equals("default")) {
      throw rope.expected(key, "\"default\"");
    }
    for (JsonNode value : rope.json()) {
      if (value.isObject()) {
        throw rope.fail(rope.prefix() + "*: expected one rule for all layers, got " + rope.json());
      }
    }
    if (rope.number("partial_rotary_factor", 1) != 1) {
      throw rope.expected("partial_rotary_factor", "1");
    }
  }

  /** What changes the attention and has no counterpart here. */
  private static void refuseOtherAttention(JsonFields json) throws FormatException {
    if (json.has("sliding_window") && json.bool("use_sliding_window", true)) {
      throw json.expected("sliding_window", "null");
    }
    for (JsonNode type : json.json().path("layer_types")) {
      if (!type.asText().equals("full_attention")) {
        throw json.expected("layer_types", "\"full_attention\" for each layer");
      }
    }
    if (json.number("partial_rotary_factor", 1) != 1) {
      throw json.expected("partial_rotary_factor", "1");
    }
  }
}
