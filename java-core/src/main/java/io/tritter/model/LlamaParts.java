package io.tritter.model;

import io.tritter.nn.Embedding;
import io.tritter.nn.Norm;
import io.tritter.nn.RmsNorm;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Puts together a Llama or a BitNet. */
record LlamaParts(TransformerConfig config, TransformerWeights weights) {
  static final String TABLE = "model.embed_tokens.weight";
  static final String HEAD = "lm_head.weight";
  private static final String LAYERS = "model.layers.";

  Transformer build() throws IOException {
    int d = config.hiddenSize();
    Embedding table = weights.table(TABLE, config.vocabSize(), d);
    List<Block> blocks = new ArrayList<>();
    for (int i = 0; i < config.layers(); i++) {
      blocks.add(block(LAYERS + i + "."));
    }
    Norm norm = norm("model.norm.weight", d);
    Embedding head = config.tiedEmbeddings() ? table : weights.table(HEAD, config.vocabSize(), d);
    return new Transformer(config, new InputEmbedding(table, null), blocks, norm, head.toLinear());
  }

  private Block block(String prefix) throws IOException {
    int d = config.hiddenSize();
    Norm attentionNorm = norm(prefix + "input_layernorm.weight", d);
    Attention attention = attention(prefix + "self_attn.");
    Norm feedForwardNorm = norm(prefix + "post_attention_layernorm.weight", d);
    return new Block(attentionNorm, attention, feedForwardNorm, feedForward(prefix + "mlp."));
  }

  private Attention attention(String prefix) throws IOException {
    int d = config.hiddenSize();
    int q = config.querySize();
    int kv = config.kvSize();
    boolean bias = config.attentionBias();
    Projections projections =
        new SeparateProjections(
            weights.linear(prefix + "q_proj", q, d, bias),
            weights.linear(prefix + "k_proj", kv, d, bias),
            weights.linear(prefix + "v_proj", kv, d, bias));
    return new Attention(
        projections,
        new Rotation(config.headDim(), config.ropeTheta()),
        config.subNorms() ? norm(prefix + "attn_sub_norm.weight", q) : null,
        weights.linear(prefix + "o_proj", d, q, bias),
        config.heads(),
        config.kvHeads(),
        config.headDim());
  }

  private FeedForward feedForward(String prefix) throws IOException {
    int d = config.hiddenSize();
    int h = config.intermediateSize();
    boolean bias = config.mlpBias();
    return new GatedFeedForward(
        weights.linear(prefix + "gate_proj", h, d, bias),
        weights.linear(prefix + "up_proj", h, d, bias),
        config.subNorms() ? norm(prefix + "ffn_sub_norm.weight", h) : null,
        weights.linear(prefix + "down_proj", d, h, bias),
        config.activation());
  }

  private Norm norm(String name, int dim) throws IOException {
    return new RmsNorm(weights.vector(name, dim, 1f), config.normEps());
  }

  static List<String> linearNames(int layer) {
    return Stream.of(
            "self_attn.q_proj",
            "self_attn.k_proj",
            "self_attn.v_proj",
            "self_attn.o_proj",
            "mlp.gate_proj",
            "mlp.up_proj",
            "mlp.down_proj")
        .map(part -> LAYERS + layer + "." + part + ".weight")
        .toList();
  }
}
