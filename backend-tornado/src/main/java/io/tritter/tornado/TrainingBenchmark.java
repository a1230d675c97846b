package io.tritter.tornado;

import io.tritter.kernel.Activation;
import io.tritter.kernel.Kernels;
import io.tritter.model.Transformer;
import io.tritter.model.TransformerConfig;
import io.tritter.optim.AdamW;
import java.util.Random;

/** A training step of a small Llama: forward pass, loss, backward pass, AdamW. */
final class TrainingBenchmark {
  private static final double RATE = 3e-4;

  private final TransformerConfig config;
  private final int batch;
  private final int context;

  /** A model of 23 million parameters and 2048 ids a step, or one that a CPU has done at once. */
  TrainingBenchmark(boolean large) {
    batch = large ? 8 : 2;
    context = large ? 256 : 64;
    config = large ? llama(8192, 512, 1408, 6, 8) : llama(512, 128, 344, 2, 4);
  }

  private TransformerConfig llama(int vocabulary, int hidden, int inner, int layers, int heads) {
    return new TransformerConfig(
        vocabulary,
        hidden,
        inner,
        layers,
        heads,
        heads,
        context,
        10_000f,
        1e-5f,
        TransformerConfig.Weights.DENSE,
        Activation.SILU,
        /* subNorms= */ false,
        /* tiedEmbeddings= */ false);
  }

  /** What is trained, in words. */
  String shape() {
    return "%d x %d ids; %d layers of %d; %d classes"
        .formatted(batch, context, config.layers(), config.hiddenSize(), config.vocabSize());
  }

  private int[] ids(long seed) {
    return new Random(seed).ints((long) batch * context, 0, config.vocabSize()).toArray();
  }

  /** The model on the device, for {@link #step(LlamaTraining)}. */
  LlamaTraining onDevice(TornadoKernels kernels) {
    return new LlamaTraining(kernels, Transformer.random(config, 1), batch, context);
  }

  /** A step that leaves everything there. */
  Runnable step(LlamaTraining training) {
    int[] ids = ids(2);
    int[] targets = ids(3);
    return () -> training.step(ids, targets, (float) RATE);
  }

  /** A step whose kernels are those of a backend: between two of them all is the host's. */
  Runnable step(Kernels kernels) {
    Transformer model = Transformer.random(config, 1);
    AdamW optimizer = new AdamW(model.parameters(), AdamW.Settings.DEFAULT);
    int[] ids = ids(2);
    int[] targets = ids(3);
    return () -> {
      Kernels.use(kernels);
      try {
        model.clearGradients();
        model.forward(ids, batch);
        model.lossAndBackward(targets);
        optimizer.step(RATE, 1);
        model.weightsChanged();
      } finally {
        Kernels.use(null);
      }
    };
  }
}
