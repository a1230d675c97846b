package io.tritter.model;

import io.tritter.format.FormatException;
import io.tritter.format.GgufTensor;
import io.tritter.format.GgufValue;
import io.tritter.kernel.Activation;
import io.tritter.model.TransformerConfig.Architecture;
import io.tritter.model.TransformerConfig.Weights;
import io.tritter.tensor.Check;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A {@link TransformerConfig} as metadata of llama.cpp's {@code llama}, {@code bitnet}, {@code
 * gpt2}.
 */
final class GgufMetadata {
  static final String ARCHITECTURE = "general.architecture";
  private static final String RMS_EPS = "attention.layer_norm_rms_epsilon";
  private static final String EPS = "attention.layer_norm_epsilon";
  private static final String THETA = "rope.freq_base";
  private static final String ACTIVATION = "hidden_act"; // llama.cpp knows none
  private static final String HEAD_DIM = "attention.key_length";
  private static final float DEFAULT_THETA = 10_000f;

  private GgufMetadata() {}

  /**
   * The metadata of a model.
   *
   * @throws IllegalArgumentException for a model that none of the architectures describes
   */
  static Map<String, GgufValue> write(TransformerConfig c) {
    String architecture = architecture(c);
    Map<String, GgufValue> metadata = new LinkedHashMap<>();
    metadata.put(ARCHITECTURE, GgufValue.string(architecture));
    Map<String, GgufValue> keys = new LinkedHashMap<>();
    keys.put("vocab_size", GgufValue.uint32(c.vocabSize()));
    keys.put("context_length", GgufValue.uint32(c.context()));
    keys.put("embedding_length", GgufValue.uint32(c.hiddenSize()));
    keys.put("block_count", GgufValue.uint32(c.layers()));
    keys.put("feed_forward_length", GgufValue.uint32(c.intermediateSize()));
    keys.put("attention.head_count", GgufValue.uint32(c.heads()));
    switch (c.architecture()) {
      case LLAMA -> {
        keys.put("attention.head_count_kv", GgufValue.uint32(c.kvHeads()));
        keys.put(RMS_EPS, GgufValue.float32(c.normEps()));
        keys.put(THETA, GgufValue.float32(c.ropeTheta()));
        keys.put("rope.dimension_count", GgufValue.uint32(c.headDim()));
        if (c.querySize() != c.hiddenSize()) {
          keys.put(HEAD_DIM, GgufValue.uint32(c.headDim()));
          keys.put("attention.value_length", GgufValue.uint32(c.headDim()));
        }
      }
      case GPT2 -> keys.put(EPS, GgufValue.float32(c.normEps()));
    }
    if (c.weights() == Weights.BITNET) {
      keys.put(ACTIVATION, GgufValue.string(ConfigJson.name(c.activation())));
    }
    keys.forEach((key, value) -> metadata.put(architecture + "." + key, value));
    return metadata;
  }

  /**
   * llama.cpp's name of the architecture.
   *
   * @throws IllegalArgumentException for a model that none describes
   */
  static String architecture(TransformerConfig c) {
    boolean bitnet = c.weights() == Weights.BITNET;
    if (bitnet != c.subNorms()) {
      throw Check.expected(
          "model", bitnet ? "sub-norms, as all of bitnet" : "no sub-norms in llama", c);
    }
    if (bitnet) {
      return "bitnet";
    }
    return switch (c.architecture()) {
      case LLAMA -> only(c, "llama", Activation.SILU);
      case GPT2 -> only(c, "gpt2", Activation.GELU_TANH);
    };
  }

  private static String only(TransformerConfig c, String architecture, Activation known) {
    if (c.activation() != known) {
      throw Check.expected(
          "activation", known + ", which is all that " + architecture + " knows", c.activation());
    }
    return architecture;
  }

  /** Reads what {@link #write} writes, and what llama.cpp's converters write. */
  static TransformerConfig read(GgufFields file) throws FormatException {
    String architecture = file.text(ARCHITECTURE);
    String prefix = architecture + ".";
    try {
      return switch (architecture) {
        case "llama" -> llama(file, prefix, Weights.DENSE);
        case "bitnet" -> llama(file, prefix, Weights.BITNET);
        case "gpt2" -> gpt2(file, prefix);
        default ->
            throw file.fail(
                "expected architecture llama, bitnet or gpt2, got '" + architecture + "'");
      };
    } catch (IllegalArgumentException e) {
      throw file.fail(String.valueOf(e.getMessage()));
    }
  }

  private static TransformerConfig llama(GgufFields file, String p, Weights weights)
      throws FormatException {
    GgufTensor table = file.tensor("token_embd.weight");
    int hidden = file.integer(p + "embedding_length");
    int heads = file.integer(p + "attention.head_count");
    if (!file.has(p + HEAD_DIM) && hidden % heads != 0) {
      throw file.fail(p + HEAD_DIM + ": expected one for " + heads + " heads, got none");
    }
    return new TransformerConfig(
        table.shape()[0],
        hidden,
        file.integer(p + "feed_forward_length"),
        file.integer(p + "block_count"),
        heads,
        file.integer(p + "attention.head_count_kv", heads),
        file.integer(p + HEAD_DIM, hidden / heads),
        file.integer(p + "context_length"),
        file.number(p + THETA, DEFAULT_THETA),
        file.number(p + RMS_EPS),
        weights,
        file.has(p + ACTIVATION)
            ? ConfigJson.activation(file.path(), p + ACTIVATION, file.text(p + ACTIVATION))
            : Activation.SILU,
        Architecture.LLAMA,
        weights == Weights.BITNET,
        file.file().tensors().containsKey("blk.0.attn_q.bias"),
        file.file().tensors().containsKey("blk.0.ffn_up.bias"),
        !file.file().tensors().containsKey("output.weight"));
  }

  private static TransformerConfig gpt2(GgufFields file, String p) throws FormatException {
    GgufTensor table = file.tensor("token_embd.weight");
    int hidden = file.integer(p + "embedding_length");
    int heads = file.integer(p + "attention.head_count");
    return new TransformerConfig(
        table.shape()[0],
        hidden,
        file.integer(p + "feed_forward_length"),
        file.integer(p + "block_count"),
        heads,
        heads,
        hidden / heads,
        file.integer(p + "context_length"),
        DEFAULT_THETA,
        file.number(p + EPS),
        Weights.DENSE,
        Activation.GELU_TANH,
        Architecture.GPT2,
        false,
        true,
        true,
        !file.file().tensors().containsKey("output.weight"));
  }
}
