package io.tritter.model;

import io.tritter.tensor.Tensor;
import java.util.Map;

/** Names and row order of the tensors of llama.cpp's {@code llama} and {@code bitnet} models. */
final class GgufNames {
  private static final String LAYERS = "model.layers.";

  private static final Map<String, String> OUTSIDE =
      Map.of(
          "model.embed_tokens.weight", "token_embd.weight",
          "model.norm.weight", "output_norm.weight",
          "lm_head.weight", "output.weight");

  private static final Map<String, String> INSIDE =
      Map.ofEntries(
          Map.entry("input_layernorm", "attn_norm"),
          Map.entry("self_attn.q_proj", "attn_q"),
          Map.entry("self_attn.k_proj", "attn_k"),
          Map.entry("self_attn.v_proj", "attn_v"),
          Map.entry("self_attn.attn_sub_norm", "attn_sub_norm"),
          Map.entry("self_attn.o_proj", "attn_output"),
          Map.entry("post_attention_layernorm", "ffn_norm"),
          Map.entry("mlp.gate_proj", "ffn_gate"),
          Map.entry("mlp.up_proj", "ffn_up"),
          Map.entry("mlp.ffn_sub_norm", "ffn_sub_norm"),
          Map.entry("mlp.down_proj", "ffn_down"));

  private GgufNames() {}

  /** The name in a GGUF file of what Hugging Face calls {@code name}. */
  static String of(String name) {
    String outside = OUTSIDE.get(name);
    if (outside != null) {
      return outside;
    }
    int layer = name.indexOf('.', LAYERS.length());
    int end = name.lastIndexOf(".weight");
    if (name.startsWith(LAYERS) && layer > 0 && end > layer) {
      String inside = INSIDE.get(name.substring(layer + 1, end));
      if (inside != null) {
        return "blk." + name.substring(LAYERS.length(), layer) + "." + inside + ".weight";
      }
    }
    throw new IllegalStateException("no name in GGUF files for " + name);
  }

  /**
   * The heads' number of a matrix whose rows {@code llama} has in another order, else 0: it rotates
   * neighbours where Hugging Face rotates the two halves of a head.
   */
  static int rotatedHeads(String name, TransformerConfig config) {
    if (config.weights() == TransformerConfig.Weights.BITNET) {
      return 0;
    }
    return name.endsWith("q_proj.weight")
        ? config.heads()
        : name.endsWith("k_proj.weight") ? config.kvHeads() : 0;
  }

  /** Rows from halves to neighbours, head by head: row 2 i + s of a head is row s * half + i. */
  static Tensor interleave(Tensor matrix, int heads) {
    return reorder(matrix, heads, true);
  }

  /** The inverse of {@link #interleave}. */
  static Tensor separate(Tensor matrix, int heads) {
    return reorder(matrix, heads, false);
  }

  private static Tensor reorder(Tensor matrix, int heads, boolean interleave) {
    int dim = matrix.dim(0) / heads;
    int half = dim / 2;
    Tensor out = Tensor.zeros(matrix.shape());
    for (int row = 0; row < matrix.dim(0); row++) {
      int head = row / dim * dim;
      int i = row % dim;
      int halves = head + i % 2 * half + i / 2;
      int from = interleave ? halves : row;
      int to = interleave ? row : halves;
      out.rows(to, to + 1).copyFrom(matrix.rows(from, from + 1));
    }
    return out;
  }
}
