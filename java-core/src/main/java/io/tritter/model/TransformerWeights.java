package io.tritter.model;

import io.tritter.bitnet.QatLinear;
import io.tritter.nn.DenseLinear;
import io.tritter.nn.Embedding;
import io.tritter.nn.Linear;
import io.tritter.nn.Parameter;
import io.tritter.tensor.Tensor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.jspecify.annotations.Nullable;

/**
 * Where the weights of a model come from, by their Hugging Face names; {@link LlamaParts} and
 * {@link Gpt2Parts} put models together of them.
 */
abstract class TransformerWeights {
  private static final double TABLE_DEVIATION = 0.02;

  final TransformerConfig config;

  TransformerWeights(TransformerConfig config) {
    this.config = config;
  }

  /**
   * The weight or the bias of a norm or a layer, [dim].
   *
   * @param start each element of it where nothing was trained yet
   */
  abstract Parameter vector(String name, int dim, float start) throws IOException;

  /** A matrix that is always dense, [rows, cols]. */
  abstract Parameter matrix(String name, int rows, int cols) throws IOException;

  /** A table to look rows up in, [rows, cols]. */
  Embedding table(String name, int rows, int cols) throws IOException {
    return new Embedding(matrix(name, rows, cols));
  }

  /** A matrix that Hugging Face stores as [in, out]. */
  Parameter inputsFirst(String name, int in, int out) throws IOException {
    return matrix(name, in, out);
  }

  /**
   * A matrix of a block, of the kind that the configuration names.
   *
   * @param name without {@code .weight} and {@code .bias}
   */
  abstract Linear linear(String name, int out, int in, boolean bias) throws IOException;

  /** The bias of a layer, if it has one. */
  final @Nullable Parameter bias(String layer, int out, boolean wanted) throws IOException {
    return wanted ? vector(layer + ".bias", out, 0f) : null;
  }

  static Transformer random(TransformerConfig config, long seed) {
    try {
      return new Random(config, seed).build();
    } catch (IOException e) {
      throw new UncheckedIOException(e); // no file is involved
    }
  }

  final Transformer build() throws IOException {
    return switch (config.architecture()) {
      case LLAMA -> new LlamaParts(config, this).build();
      case GPT2 -> new Gpt2Parts(config, this).build();
    };
  }

  /** Names of the weights of a block's matrices, in the order of {@link Block#linears}. */
  static List<String> linearNames(TransformerConfig config, int layer) {
    return switch (config.architecture()) {
      case LLAMA -> LlamaParts.linearNames(layer);
      case GPT2 -> Gpt2Parts.linearNames(layer);
    };
  }

  /**
   * Norms of ones, biases of zeros; tables normal as GPT-2 has them, matrices of blocks by their
   * inputs, which is the same at GPT-2's width and lets narrow models learn from the first steps.
   */
  private static final class Random extends TransformerWeights {
    private final RandomGenerator random;

    Random(TransformerConfig config, long seed) {
      super(config);
      random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    }

    @Override
    Parameter vector(String name, int dim, float start) {
      Tensor values = Tensor.zeros(dim);
      for (int i = 0; i < dim; i++) {
        values.set(i, start);
      }
      return Parameter.of(name, values);
    }

    private Parameter normal(String name, double deviation, int rows, int cols) {
      Tensor values = Tensor.zeros(rows, cols);
      for (long i = 0; i < values.size(); i++) {
        values.set(i, (float) (random.nextGaussian() * deviation));
      }
      return Parameter.of(name, values);
    }

    @Override
    Parameter matrix(String name, int rows, int cols) {
      return normal(name, TABLE_DEVIATION, rows, cols);
    }

    @Override
    Parameter inputsFirst(String name, int in, int out) {
      return normal(name, 1 / Math.sqrt(3.0 * in), in, out);
    }

    @Override
    Linear linear(String name, int out, int in, boolean bias) throws IOException {
      Parameter weight = normal(name + ".weight", 1 / Math.sqrt(3.0 * in), out, in);
      return config.weights() == TransformerConfig.Weights.BITNET
          ? new QatLinear(weight)
          : new DenseLinear(weight, bias(name, out, bias));
    }
  }
}
