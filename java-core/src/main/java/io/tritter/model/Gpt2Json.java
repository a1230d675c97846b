package io.tritter.model;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tritter.format.FormatException;
import io.tritter.kernel.Activation;
import io.tritter.model.TransformerConfig.Architecture;
import io.tritter.model.TransformerConfig.Weights;

/** The configuration of a GPT-2. */
final class Gpt2Json {
  /** GPT-2's name of the tanh form of GELU. */
  private static final String GELU = "gelu_new";

  private Gpt2Json() {}

  static void write(TransformerConfig c, ObjectNode json) {
    json.putArray("architectures").add("GPT2LMHeadModel");
    json.put("model_type", "gpt2");
    json.put("n_embd", c.hiddenSize());
    json.put("n_inner", c.intermediateSize());
    json.put("n_layer", c.layers());
    json.put("n_head", c.heads());
    json.put("n_positions", c.context());
    json.put("n_ctx", c.context());
    json.put("layer_norm_epsilon", c.normEps());
    json.put(
        "activation_function",
        c.activation() == Activation.GELU_TANH ? GELU : ConfigJson.name(c.activation()));
  }

  static TransformerConfig read(JsonFields json) throws FormatException {
    only(json, "scale_attn_weights", true);
    only(json, "scale_attn_by_inverse_layer_idx", false);
    only(json, "add_cross_attention", false);
    int hidden = json.integer("n_embd");
    int heads = json.integer("n_head");
    if (heads < 1 || hidden % heads != 0) {
      throw json.expected("n_head", "a divisor of n_embd = " + hidden);
    }
    String activation = json.text("activation_function", GELU);
    return new TransformerConfig(
        json.integer("vocab_size"),
        hidden,
        json.integer("n_inner", Math.multiplyExact(4, hidden)),
        json.integer("n_layer"),
        heads,
        heads,
        hidden / heads,
        json.integer("n_positions"),
        10_000f, // not looked at
        (float) json.number("layer_norm_epsilon", 1e-5),
        Weights.DENSE,
        activation.equals(GELU)
            ? Activation.GELU_TANH
            : ConfigJson.activation(json.file(), "activation_function", activation),
        Architecture.GPT2,
        false,
        true,
        true,
        json.bool("tie_word_embeddings", true));
  }

  private static void only(JsonFields json, String key, boolean value) throws FormatException {
    if (json.bool(key, value) != value) {
      throw json.expected(key, String.valueOf(value));
    }
  }
}
