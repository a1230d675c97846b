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
import java.util.Iterator;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.Stream;

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
      blocks.add(block(i));
    }
    RmsNorm norm = norm("model.norm.weight", config.hiddenSize());
    Parameter head =
        config.tiedEmbeddings()
            ? table
            : matrix("lm_head.weight", config.vocabSize(), config.hiddenSize());
    return new Transformer(config, new Embedding(table), blocks, norm, new DenseLinear(head));
  }

  private Block block(int layer) throws IOException {
    int d = config.hiddenSize();
    int h = config.intermediateSize();
    int kv = config.kvSize();
    String prefix = "model.layers." + layer + ".";
    Iterator<String> linear = linearNames(layer).iterator();
    return new Block(
        norm(prefix + "input_layernorm.weight", d),
        linear(linear.next(), d, d),
        linear(linear.next(), kv, d),
        linear(linear.next(), kv, d),
        config.subNorms() ? norm(prefix + "self_attn.attn_sub_norm.weight", d) : null,
        linear(linear.next(), d, d),
        norm(prefix + "post_attention_layernorm.weight", d),
        linear(linear.next(), h, d),
        linear(linear.next(), h, d),
        config.subNorms() ? norm(prefix + "mlp.ffn_sub_norm.weight", h) : null,
        linear(linear.next(), d, h),
        config);
  }

  /** Names of a block's seven matrices, in the order of {@link Block#linears}. */
  static List<String> linearNames(int layer) {
    String prefix = "model.layers." + layer + ".";
    return Stream.of(
            "self_attn.q_proj",
            "self_attn.k_proj",
            "self_attn.v_proj",
            "self_attn.o_proj",
            "mlp.gate_proj",
            "mlp.up_proj",
            "mlp.down_proj")
        .map(part -> prefix + part + ".weight")
        .toList();
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
