package io.tritter.model;

import io.tritter.nn.DenseLinear;
import io.tritter.nn.Embedding;
import io.tritter.nn.LayerNorm;
import io.tritter.nn.Linear;
import io.tritter.nn.Norm;
import io.tritter.nn.Parameter;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Puts together a GPT-2 (Radford et al., 2019). */
record Gpt2Parts(TransformerConfig config, TransformerWeights weights) {
  /** What transformers puts before all names but that of an output matrix. */
  static final String PREFIX = "transformer.";

  private static final String LAYERS = PREFIX + "h.";

  Transformer build() throws IOException {
    int d = config.hiddenSize();
    int vocab = config.vocabSize();
    Parameter table = weights.matrix(PREFIX + "wte.weight", vocab, d);
    Parameter positions = weights.matrix(PREFIX + "wpe.weight", config.context(), d);
    List<Block> blocks = new ArrayList<>();
    for (int i = 0; i < config.layers(); i++) {
      blocks.add(block(LAYERS + i + "."));
    }
    Norm norm = norm(PREFIX + "ln_f");
    Parameter head = config.tiedEmbeddings() ? table : weights.matrix("lm_head.weight", vocab, d);
    return new Transformer(
        config,
        new InputEmbedding(new Embedding(table), positions),
        blocks,
        norm,
        new DenseLinear(head));
  }

  private Block block(String prefix) throws IOException {
    int d = config.hiddenSize();
    int h = config.intermediateSize();
    return new Block(
        norm(prefix + "ln_1"),
        new Attention(
            new JoinedProjection(linear(prefix + "attn.c_attn", config.joinedSize(), d)),
            null,
            null,
            linear(prefix + "attn.c_proj", d, d),
            config.heads(),
            config.kvHeads(),
            config.headDim()),
        norm(prefix + "ln_2"),
        new PlainFeedForward(
            linear(prefix + "mlp.c_fc", h, d),
            linear(prefix + "mlp.c_proj", d, h),
            config.activation()));
  }

  private Linear linear(String name, int out, int in) throws IOException {
    return DenseLinear.inputsFirst(
        weights.inputsFirst(name + ".weight", in, out), weights.bias(name, out, true));
  }

  private Norm norm(String name) throws IOException {
    int d = config.hiddenSize();
    return new LayerNorm(
        weights.vector(name + ".weight", d, 1f),
        weights.vector(name + ".bias", d, 0f),
        config.normEps());
  }

  static List<String> linearNames(int layer) {
    return Stream.of("attn.c_attn", "attn.c_proj", "mlp.c_fc", "mlp.c_proj")
        .map(part -> LAYERS + layer + "." + part + ".weight")
        .toList();
  }
}
