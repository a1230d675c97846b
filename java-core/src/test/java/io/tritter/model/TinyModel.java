package io.tritter.model;

import io.tritter.kernel.Activation;
import io.tritter.model.TransformerConfig.Weights;
import io.tritter.nn.Parameter;
import java.util.SplittableRandom;

/** A model of each kind that there is, off the lane grid. */
enum TinyModel {
  BITNET,
  LLAMA,
  BIASED,
  GPT2;

  static final int CONTEXT = 24;
  static final int VOCABULARY = 31;

  TransformerConfig config() {
    return switch (this) {
      case BITNET -> llama(Weights.BITNET, true);
      case LLAMA -> llama(Weights.DENSE, false);
      case BIASED -> llama(Weights.DENSE, true).withBiases(true, true).withHeadDim(10);
      case GPT2 -> TransformerConfig.gpt2(VOCABULARY, 21, 2, 3, CONTEXT);
    };
  }

  private static TransformerConfig llama(Weights weights, boolean tied) {
    return new TransformerConfig(
        VOCABULARY, 24, 40, 2, 4, 2, CONTEXT, 10_000f, 1e-5f, weights, Activation.SILU, true, tied);
  }

  /** With norms and biases that are no longer where they started. */
  Transformer random(long seed) {
    Transformer model = Transformer.random(config(), seed);
    SplittableRandom random = new SplittableRandom(seed);
    for (Parameter p : model.parameters()) {
      for (long i = 0; p.value().rank() == 1 && i < p.value().size(); i++) {
        p.value().set(i, p.value().get(i) + (float) random.nextDouble(-0.1, 0.1));
      }
    }
    return model;
  }
}
