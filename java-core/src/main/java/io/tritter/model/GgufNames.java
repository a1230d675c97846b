package io.tritter.model;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Names of the tensors of llama.cpp's {@code llama}, {@code bitnet} and {@code gpt2} models. */
final class GgufNames {
  private static final String LLAMA_LAYERS = "model.layers.";
  private static final String GPT2_LAYERS = Gpt2Parts.PREFIX + "h.";

  private static final Map<String, String> OUTSIDE =
      Map.of(
          "model.embed_tokens", "token_embd",
          "model.norm", "output_norm",
          "transformer.wte", "token_embd",
          "transformer.wpe", "position_embd",
          "transformer.ln_f", "output_norm",
          "lm_head", "output");

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
          Map.entry("mlp.down_proj", "ffn_down"),
          Map.entry("ln_1", "attn_norm"),
          Map.entry("attn.c_attn", "attn_qkv"),
          Map.entry("attn.c_proj", "attn_output"),
          Map.entry("ln_2", "ffn_norm"),
          Map.entry("mlp.c_fc", "ffn_up"),
          Map.entry("mlp.c_proj", "ffn_down"));

  private GgufNames() {}

  /** The name in a GGUF file of what Hugging Face calls {@code name}. */
  static String of(String name) {
    int end = name.lastIndexOf('.'); // before "weight" or "bias"
    String part = name.substring(0, end);
    String found = OUTSIDE.get(part);
    if (found == null && part.startsWith(LLAMA_LAYERS)) {
      found = inside(part.substring(LLAMA_LAYERS.length()));
    } else if (found == null && part.startsWith(GPT2_LAYERS)) {
      found = inside(part.substring(GPT2_LAYERS.length()));
    }
    if (found == null) {
      throw new IllegalStateException("no name in GGUF files for " + name);
    }
    return found + name.substring(end);
  }

  /** Of {@code 0.mlp.up_proj} or the like; null for a part that is not known. */
  private static @Nullable String inside(String part) {
    int dot = part.indexOf('.');
    String found = INSIDE.get(part.substring(dot + 1));
    return found == null ? null : "blk." + part.substring(0, dot) + "." + found;
  }
}
