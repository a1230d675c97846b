package io.tritter.model;

import io.tritter.bitnet.QatLinear;
import io.tritter.nn.DenseLinear;
import io.tritter.nn.Embedding;
import io.tritter.nn.Linear;
import io.tritter.nn.Parameter;
import io.tritter.nn.RmsNorm;
import io.tritter.tensor.Tensor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/**
 * Builds a model part by part under the Hugging Face names; a subclass says where weights come
 * from.
 */
abstract class TransformerWeights {
  private static final double DEVIATION = 0.02;

  final TransformerConfig config;

  TransformerWeights(TransformerConfig config) {
    this.config = config;
  }

  /** The weight of a norm, [dim]. */
  abstract Parameter vector(String name, int dim) throws IOException;

  /** A table that is always dense, [rows, cols]. */
  abstract Parameter matrix(String name, int rows, int cols) throws IOException;

  /** A matrix of a block, of the kind that the configuration names. */
  abstract Linear linear(String name, int out, int in) throws IOException;

  static Transformer random(TransformerConfig config, long seed) {
    try {
      return new Random(config, seed).build();
    } catch (IOException e) {
      throw new UncheckedIOException(e); // no file is involved
    }
  }

  final Transformer build() throws IOException {
    Parameter table = matrix("model.embed_tokens.weight", config.vocabSize(), config.hiddenSize());
    List<Block> blocks = new ArrayList<>();
    for (int i = 0; i < config.layers(); i++) {
      blocks.add(block("model.layers." + i + "."));
    }
    RmsNorm norm = norm("model.norm.weight", config.hiddenSize());
    Parameter head =
        config.tiedEmbeddings()
            ? table
            : matrix("lm_head.weight", config.vocabSize(), config.hiddenSize());
    return new Transformer(config, new Embedding(table), blocks, norm, new DenseLinear(head));
  }

  private Block block(String prefix) throws IOException {
    int d = config.hiddenSize();
    int h = config.intermediateSize();
    String attention = prefix + "self_attn.";
    String mlp = prefix + "mlp.";
    return new Block(
        norm(prefix + "input_layernorm.weight", d),
        linear(attention + "q_proj.weight", d, d),
        linear(attention + "k_proj.weight", config.kvSize(), d),
        linear(attention + "v_proj.weight", config.kvSize(), d),
        config.subNorms() ? norm(attention + "attn_sub_norm.weight", d) : null,
        linear(attention + "o_proj.weight", d, d),
        norm(prefix + "post_attention_layernorm.weight", d),
        linear(mlp + "gate_proj.weight", h, d),
        linear(mlp + "up_proj.weight", h, d),
        config.subNorms() ? norm(mlp + "ffn_sub_norm.weight", h) : null,
        linear(mlp + "down_proj.weight", d, h),
        config);
  }

  private RmsNorm norm(String name, int dim) throws IOException {
    return new RmsNorm(vector(name, dim), config.normEps());
  }

  /** Normal matrices, norms of ones. */
  private static final class Random extends TransformerWeights {
    private final RandomGenerator random;

    Random(TransformerConfig config, long seed) {
      super(config);
      random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    }

    @Override
    Parameter vector(String name, int dim) {
      Tensor ones = Tensor.zeros(dim);
      for (int i = 0; i < dim; i++) {
        ones.set(i, 1f);
      }
      return Parameter.of(name, ones);
    }

    @Override
    Parameter matrix(String name, int rows, int cols) {
      Tensor values = Tensor.zeros(rows, cols);
      for (long i = 0; i < values.size(); i++) {
        values.set(i, (float) (random.nextGaussian() * DEVIATION));
      }
      return Parameter.of(name, values);
    }

    @Override
    Linear linear(String name, int out, int in) {
      Parameter weight = matrix(name, out, in);
      return config.weights() == TransformerConfig.Weights.BITNET
          ? new QatLinear(weight)
          : new DenseLinear(weight);
    }
  }
}
