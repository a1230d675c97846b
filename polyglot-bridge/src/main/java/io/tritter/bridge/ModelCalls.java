package io.tritter.bridge;

import io.tritter.kernel.Activation;
import io.tritter.model.Preset;
import io.tritter.model.Transformer;
import io.tritter.model.TransformerConfig;
import io.tritter.nn.Parameter;
import io.tritter.optim.AdamW;
import io.tritter.optim.AdamW8bit;
import io.tritter.optim.CautiousAdamW;
import io.tritter.optim.Muon;
import io.tritter.optim.NAdam;
import io.tritter.optim.Optimizer;
import io.tritter.tensor.Check;
import io.tritter.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.graalvm.polyglot.HostAccess;

/** Transformers and their optimizer. Ids are int32 arrays; a parameter goes by its index. */
public final class ModelCalls {
  /** A parameter, its gradient and two moments. */
  private static final long BYTES = 4 * Float.BYTES;

  private final Memory memory;
  private final FileAccess files;

  ModelCalls(Memory memory, FileAccess files) {
    this.memory = memory;
    this.files = files;
  }

  /**
   * A new Llama-style model.
   *
   * @param headDim 0: hiddenSize / heads
   * @param weights a name of the enum in any case, as {@code activation} is
   */
  @HostAccess.Export
  public Transformer create(
      int vocabSize,
      int hiddenSize,
      int intermediateSize,
      int layers,
      int heads,
      int kvHeads,
      int headDim,
      int context,
      double ropeTheta,
      double normEps,
      String weights,
      String activation,
      boolean subNorms,
      boolean attentionBias,
      boolean mlpBias,
      boolean tiedEmbeddings,
      long seed) {
    TransformerConfig config =
        new TransformerConfig(
            vocabSize,
            hiddenSize,
            intermediateSize,
            layers,
            heads,
            kvHeads,
            headDim == 0 ? TransformerConfig.headDim(hiddenSize, heads) : headDim,
            context,
            (float) ropeTheta,
            (float) normEps,
            Check.constant("weights", TransformerConfig.Weights.class, weights),
            Check.constant("activation", Activation.class, activation),
            TransformerConfig.Architecture.LLAMA,
            subNorms,
            attentionBias,
            mlpBias,
            tiedEmbeddings);
    return random(config, seed);
  }

  /** A new GPT-2. */
  @HostAccess.Export
  public Transformer createGpt2(
      int vocabSize, int hiddenSize, int layers, int heads, int context, long seed) {
    return random(TransformerConfig.gpt2(vocabSize, hiddenSize, layers, heads, context), seed);
  }

  /** A new model of a preset's sizes. */
  @HostAccess.Export
  public Transformer createPreset(String name, long seed) {
    return random(Preset.of(name).config(), seed);
  }

  private Transformer random(TransformerConfig config, long seed) {
    return memory.keep(
        "model", BYTES * config.parameterCount(), () -> Transformer.random(config, seed));
  }

  /** The activations of {@code interval} blocks are kept, and the others computed again. */
  @HostAccess.Export
  public void checkpointEvery(Transformer model, int interval) {
    model.checkpointEvery(interval);
  }

  /** A model to run, or to train: then weights of 16 bits become float32. */
  @HostAccess.Export
  public Transformer load(String directory, boolean trainable) throws IOException {
    Path path = files.path(directory);
    return trainable ? Transformer.loadForTraining(path) : Transformer.load(path);
  }

  @HostAccess.Export
  public void save(Transformer model, String directory) throws IOException {
    model.save(files.path(directory));
  }

  @HostAccess.Export
  public Transformer pack(Transformer model) {
    return model.pack();
  }

  @HostAccess.Export
  public String describe(Transformer model) {
    return model.toString();
  }

  @HostAccess.Export
  public long sizeBytes(Transformer model) {
    return model.sizeBytes();
  }

  @HostAccess.Export
  public long parameterCount(Transformer model) {
    return model.config().parameterCount();
  }

  @HostAccess.Export
  public int vocabSize(Transformer model) {
    return model.config().vocabSize();
  }

  @HostAccess.Export
  public int context(Transformer model) {
    return model.maxSequence();
  }

  @HostAccess.Export
  public String[] names(Transformer model) {
    return model.parameters().stream().map(Parameter::name).toArray(String[]::new);
  }

  @HostAccess.Export
  public Tensor value(Transformer model, int index) {
    return model.parameters().get(index).value();
  }

  @HostAccess.Export
  public Tensor gradient(Transformer model, int index) {
    return model.parameters().get(index).gradient();
  }

  /** To be called when values were written to from outside. */
  @HostAccess.Export
  public void weightsChanged(Transformer model) {
    model.weightsChanged();
  }

  /** Writes [batch * seqLen, vocabSize] scores to the last array. */
  @HostAccess.Export
  public void logits(
      Transformer model, int batch, long ids, long idCount, long logits, long logitCount) {
    Tensor result = model.forward(memory.ints("ids", ids, idCount), batch);
    memory.tensor("logits", logits, logitCount, result.shape()).copyFrom(result);
  }

  @HostAccess.Export
  public double loss(
      Transformer model, int batch, long ids, long idCount, long targets, long targetCount) {
    model.forward(memory.ints("ids", ids, idCount), batch);
    return model.loss(memory.ints("targets", targets, targetCount));
  }

  /** {@link #loss}; the gradients are those of this batch alone. */
  @HostAccess.Export
  public double lossAndGradients(
      Transformer model, int batch, long ids, long idCount, long targets, long targetCount) {
    model.forward(memory.ints("ids", ids, idCount), batch);
    int[] wanted = memory.ints("targets", targets, targetCount);
    model.clearGradients();
    return model.lossAndBackward(wanted);
  }

  @HostAccess.Export
  public Optimizer adamW(
      Transformer model, double beta1, double beta2, double epsilon, double weightDecay) {
    return new AdamW.Settings(beta1, beta2, epsilon, weightDecay).create(model.parameters());
  }

  @HostAccess.Export
  public Optimizer adamW8bit(
      Transformer model, double beta1, double beta2, double epsilon, double weightDecay) {
    AdamW.Settings constants = new AdamW.Settings(beta1, beta2, epsilon, weightDecay);
    return new AdamW8bit(constants).create(model.parameters());
  }

  @HostAccess.Export
  public Optimizer cautiousAdamW(
      Transformer model, double beta1, double beta2, double epsilon, double weightDecay) {
    return new CautiousAdamW(new AdamW.Settings(beta1, beta2, epsilon, weightDecay))
        .create(model.parameters());
  }

  @HostAccess.Export
  public Optimizer nadam(
      Transformer model,
      double beta1,
      double beta2,
      double epsilon,
      double weightDecay,
      double momentumDecay) {
    return new NAdam(new AdamW.Settings(beta1, beta2, epsilon, weightDecay), momentumDecay)
        .create(model.parameters());
  }

  @HostAccess.Export
  public Optimizer muon(
      Transformer model,
      double momentum,
      int iterations,
      double beta1,
      double beta2,
      double epsilon,
      double weightDecay) {
    AdamW.Settings others = new AdamW.Settings(beta1, beta2, epsilon, weightDecay);
    return new Muon.Settings(momentum, iterations, others).create(model.parameters());
  }

  /** One step by the model's own gradients; the norm before clipping. */
  @HostAccess.Export
  public double step(Optimizer optimizer, Transformer model, double learningRate, double maxNorm) {
    double norm = optimizer.step(learningRate, maxNorm);
    model.weightsChanged();
    return norm;
  }

  /** One step by other gradients, one for each name. */
  @HostAccess.Export
  public double stepBy(
      Optimizer optimizer,
      Transformer model,
      double learningRate,
      double maxNorm,
      String[] names,
      long[] addresses,
      long[] sizes) {
    Map<String, Parameter> known = new LinkedHashMap<>();
    model.parameters().forEach(p -> known.put(p.name(), p));
    Map<String, Tensor> gradients = new LinkedHashMap<>();
    for (int i = 0; i < names.length; i++) {
      Parameter parameter = known.get(names[i]);
      if (parameter == null) {
        throw Check.expected("gradients", "names of parameters", names[i]);
      }
      int[] shape = parameter.value().shape();
      gradients.put(names[i], memory.tensor(names[i], addresses[i], sizes[i], shape));
    }
    double norm = optimizer.step(gradients, learningRate, maxNorm);
    model.weightsChanged();
    return norm;
  }
}
