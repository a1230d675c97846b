package io.tritter.benchmarks;

import io.tritter.adapter.LoraConfig;
import io.tritter.adapter.TargetModules;
import io.tritter.kernel.Activation;
import io.tritter.model.Adapters;
import io.tritter.model.Preset;
import io.tritter.model.Quantization;
import io.tritter.model.Quantization.Target;
import io.tritter.model.Transformer;
import io.tritter.model.TransformerConfig;
import io.tritter.model.TransformerConfig.Weights;
import io.tritter.optim.AdamW;
import io.tritter.optim.AdamW8bit;
import io.tritter.optim.Optimizer;
import io.tritter.tensor.NativeMemory;
import java.util.SplittableRandom;

/**
 * What fine-tuning a model of a preset's sizes takes in native memory: base weights in 4 bits, an
 * adapter, its optimizer, and the activations of a step.
 *
 * <p>usage: {@code QloraMemory [PRESET [BATCH SEQUENCE]]}
 */
public final class QloraMemory {
  private static final AdamW.Settings USUAL = AdamW.Settings.DEFAULT;

  private static long before;

  private QloraMemory() {}

  /** See {@link QloraMemory}. */
  public static void main(String[] args) {
    TransformerConfig sizes = Preset.of(args.length > 0 ? args[0] : "100m").config();
    int batch = args.length > 1 ? Integer.parseInt(args[1]) : 4;
    int seqLen = args.length > 2 ? Integer.parseInt(args[2]) : 256;
    TransformerConfig config =
        new TransformerConfig(
            sizes.vocabSize(),
            sizes.hiddenSize(),
            sizes.intermediateSize(),
            sizes.layers(),
            sizes.heads(),
            sizes.kvHeads(),
            seqLen,
            sizes.ropeTheta(),
            sizes.normEps(),
            Weights.DENSE,
            Activation.SILU,
            /* subNorms= */ false,
            sizes.tiedEmbeddings());
    long parameters = config.parameterCount();
    System.out.printf("%,d parameters, batch %d x %d%n", parameters, batch, seqLen);
    Transformer dense = Transformer.random(config, 1);
    start();
    Transformer base = dense.quantized(Quantization.to(Target.NF4), true);
    report("base weights, NF4 with tables", parameters);
    Adapters adapters = new Adapters(base);
    adapters.add("default", LoraConfig.of(16, 32, TargetModules.ALL_LINEAR), 1);
    Transformer model = adapters.model();
    long learning = adapters.trainableCount();
    report("LoRA of rank 16, %,d numbers".formatted(learning), learning);
    Optimizer optimizer = USUAL.create(model.parameters());
    report("gradients and AdamW", learning);
    Optimizer small = new AdamW8bit(USUAL).create(model.parameters());
    report("AdamW with 8-bit moments instead, the gradients left out", learning);
    SplittableRandom random = new SplittableRandom(1);
    int[] ids = random.ints((long) batch * seqLen, 0, config.vocabSize()).toArray();
    for (int step = 1; step <= 2; step++) {
      model.clearGradients();
      model.forward(ids, batch);
      model.lossAndBackward(ids);
      optimizer.step(1e-3, 1);
      model.weightsChanged();
      report("step " + step + ", activations and scratch", ids.length);
    }
    System.out.printf(
        "%d steps; the dense model takes %,d bytes%n", small.steps() + 2, dense.sizeBytes());
  }

  private static void start() {
    before = NativeMemory.allocatedBytes();
  }

  private static void report(String what, long of) {
    long bytes = NativeMemory.allocatedBytes() - before;
    System.out.printf("%-60s %,15d bytes, %.3f each%n", what, bytes, (double) bytes / of);
    start();
  }
}
