package io.tritter.model;

import io.tritter.adapter.AdaptedLinear;
import io.tritter.adapter.SoftPrompt;
import io.tritter.bitnet.QatLinear;
import io.tritter.format.FormatException;
import io.tritter.format.GgufType;
import io.tritter.format.GgufValue;
import io.tritter.kernel.Kernels;
import io.tritter.kernel.Workers;
import io.tritter.nn.Linear;
import io.tritter.nn.Norm;
import io.tritter.nn.Parameter;
import io.tritter.tensor.Check;
import io.tritter.tensor.Tensor;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A decoder-only language model: embedding, blocks, norm, output matrix.
 *
 * <p>One thread at a time may use a model; the kernels below it use all threads. The activations of
 * the last {@link #forward} stay until the next one, because {@link #lossAndBackward} reads them.
 */
public final class Transformer {
  private final TransformerConfig config;
  private final InputEmbedding embedding;
  private final List<Block> blocks;
  private final Norm norm;
  private final Linear head;
  private final List<Parameter> parameters;
  private final List<QatLinear> quantized;

  /** All matrices of a model whose adapters alone learn; empty for another. */
  private final List<AdaptedLinear> adapted;

  /** Forward passes so far, by which adapters draw what they leave out. */
  private long passes;

  private int checkpointInterval;

  /** What comes before each sequence, by an adapter; null for nothing. */
  private @Nullable SoftPrompt prompt;

  /** Blocks that a pass goes through, from the first. */
  private int depth;

  private @Nullable Pass pass;

  Transformer(
      TransformerConfig config,
      InputEmbedding embedding,
      List<Block> blocks,
      Norm norm,
      Linear head) {
    this.config = config;
    this.embedding = embedding;
    this.blocks = List.copyOf(blocks);
    this.norm = norm;
    this.head = head;
    this.checkpointInterval = config.layers();
    this.depth = config.layers();
    this.parameters = collectParameters();
    this.quantized = linears(QatLinear.class);
    this.adapted = linears(AdaptedLinear.class);
  }

  private <L extends Linear> List<L> linears(Class<L> kind) {
    return blocks.stream()
        .flatMap(b -> b.linears().stream())
        .filter(kind::isInstance)
        .map(kind::cast)
        .toList();
  }

  /**
   * A model to train: embeddings normal with deviation 0.02, matrices of blocks with {@code
   * 1/sqrt(3 inFeatures)}, norms 1. The same seed, the same bits.
   */
  public static Transformer random(TransformerConfig config, long seed) {
    return TransformerWeights.random(config, seed);
  }

  /**
   * Reads a Hugging Face directory of a Llama, BitNet or GPT-2 model, to run it. Files are mapped:
   * float32 weights lie on them and can be trained; those of 16, 8 or 4 bits lie on them as they
   * are, and cannot.
   *
   * @throws FormatException if a file does not hold what it promises
   */
  public static Transformer load(Path directory) throws IOException {
    return ModelDirectory.load(directory, false);
  }

  /**
   * {@link #load}, to train: weights of 16 bits become float32, in memory of their own. Weights
   * that are packed stay so.
   *
   * @throws FormatException if a file does not hold what it promises
   */
  public static Transformer loadForTraining(Path directory) throws IOException {
    return ModelDirectory.load(directory, true);
  }

  /** Writes a Hugging Face directory: config.json and model.safetensors, each weight as it is. */
  public void save(Path directory) throws IOException {
    expectNoAdapters("save");
    ModelDirectory.save(this, directory);
  }

  /**
   * Reads a GGUF file of llama.cpp's architecture {@code llama}, {@code bitnet} or {@code gpt2}.
   *
   * @throws FormatException if the file does not hold what it promises, or another model
   */
  public static Transformer loadGguf(Path file) throws IOException {
    return GgufImport.read(file);
  }

  /**
   * Writes a GGUF file that llama.cpp reads: {@code llama}, {@code gpt2}, or {@code bitnet} with
   * the ternary weights, where the matrices have one of {@code type}, and F16 if their rows do not
   * fit it.
   *
   * @param tokenizer metadata under {@code tokenizer.}, which llama.cpp needs to make ids of a text
   * @throws IllegalArgumentException for a ternary type of a dense model, or a model that neither
   *     architecture describes
   */
  public void saveGguf(Path file, GgufType type, Map<String, GgufValue> tokenizer)
      throws IOException {
    expectNoAdapters("saveGguf");
    GgufExport.write(this, file, type, tokenizer);
  }

  public TransformerConfig config() {
    return config;
  }

  /**
   * Every trainable parameter under its Hugging Face name; a packed layer has none. Those of the
   * active adapters, and no others, where there are {@link Adapters}.
   */
  public List<Parameter> parameters() {
    if (adapted.isEmpty()) {
      return parameters;
    }
    Stream<Parameter> ofPrompt = Stream.ofNullable(prompt).map(SoftPrompt::embeddings);
    return Stream.concat(ofPrompt, adapted.stream().flatMap(a -> a.parameters().stream())).toList();
  }

  /** Names of the parameters of the embedding: the table, and learned positions. */
  public List<String> embeddingNames() {
    return embedding.parameters().stream().map(Parameter::name).toList();
  }

  /** The parameters of all that is no adapter. */
  List<Parameter> ownParameters() {
    return parameters;
  }

  private boolean isTrainable() {
    return adapted.isEmpty()
        ? parameters.stream().anyMatch(Parameter::decays)
        : !parameters().isEmpty();
  }

  /** Refuses to do with adapters what would lose them. */
  private void expectNoAdapters(String name) {
    if (!adapted.isEmpty()) {
      throw new IllegalStateException(name + ": expected a model without adapters, or merged");
    }
  }

  /** The same model with other matrices and another output matrix; shares the rest. */
  Transformer map(UnaryOperator<Linear> change, Linear otherHead) {
    return map(change, embedding, otherHead);
  }

  /** {@link #map} with another table of embeddings, too. */
  Transformer map(UnaryOperator<Linear> change, InputEmbedding otherEmbedding, Linear otherHead) {
    return new Transformer(
        config, otherEmbedding, blocks.stream().map(b -> b.map(change)).toList(), norm, otherHead);
  }

  /** Puts this before each sequence from now on; null for nothing. */
  void prompt(@Nullable SoftPrompt newPrompt) {
    prompt = newPrompt;
    pass = null;
  }

  /** Ids that a sequence may have: the context without what an adapter puts before it. */
  public int maxSequence() {
    return config.context() - (prompt == null ? 0 : prompt.length());
  }

  @Nullable SoftPrompt prompt() {
    return prompt;
  }

  long passes() {
    return passes;
  }

  /** Goes on as after so many forward passes. */
  void passes(long number) {
    passes = number;
  }

  InputEmbedding embedding() {
    return embedding;
  }

  Norm norm() {
    return norm;
  }

  Linear head() {
    return head;
  }

  List<Block> blocks() {
    return blocks;
  }

  /** The matrices of all blocks by the names of their weights, in the order of the forward pass. */
  Map<String, Linear> linears() {
    Map<String, Linear> all = new LinkedHashMap<>();
    for (int i = 0; i < blocks.size(); i++) {
      Iterator<String> names = TransformerWeights.linearNames(config, i).iterator();
      blocks.get(i).linears().forEach(l -> all.put(names.next(), l));
    }
    return all;
  }

  /**
   * Activation checkpointing: passes keep the input of every {@code interval}-th block and the
   * activations of {@code interval} blocks, and the backward pass computes the others again.
   * Results stay the same to the bit; a training step takes up to a third longer.
   *
   * @param interval the number of layers (as at first) or more: everything is kept
   */
  public void checkpointEvery(int interval) {
    checkpointInterval = Math.min(Check.atLeast("interval", interval, 1), config.layers());
    pass = null;
  }

  /**
   * Depth growth: {@link #forward} and the backward pass go through the first {@code count} blocks
   * only. The residual stream skips the others, whose gradients stay what they are. Generation goes
   * through all of them.
   *
   * @param count the number of layers (as at first) or less, at least 1
   */
  public void useBlocks(int count) {
    depth = (int) Check.inRange("count", count, 1, config.layers());
  }

  /**
   * Names of the parameters that are zero in blocks without a say, which pass on the residual
   * stream: those of the outputs of all blocks from {@code from} on.
   */
  public Set<String> outputs(int from) {
    return blocks.subList(from, blocks.size()).stream()
        .flatMap(block -> block.outputs().stream())
        .map(Parameter::name)
        .collect(Collectors.toSet());
  }

  /**
   * Names of the parameters of blocks, each with that of the same parameter of an earlier block:
   * the first {@code from} blocks in turn, for those after them.
   *
   * @param to blocks in all
   */
  public Map<String, String> stacked(int from, int to) {
    Map<String, String> sources = new LinkedHashMap<>();
    for (int i = from; i < to; i++) {
      Iterator<Parameter> below = blocks.get(i % from).parameters().iterator();
      blocks.get(i).parameters().forEach(p -> sources.put(p.name(), below.next().name()));
    }
    return sources;
  }

  /**
   * Scores of the next id at every position.
   *
   * @param ids [batch * seqLen], sequence after sequence
   * @return [batch * seqLen, vocabSize], overwritten by the next call
   * @throws IllegalArgumentException for an id outside the vocabulary or a sequence longer than the
   *     context
   */
  public Tensor forward(int[] ids, int batch) {
    Check.atLeast("batch", batch, 1);
    if (ids.length == 0 || ids.length % batch != 0) {
      throw Check.expected("ids", "a positive multiple of batch " + batch, ids.length + " ids");
    }
    int seqLen = ids.length / batch;
    if (seqLen > maxSequence()) {
      throw Check.expected("ids", "at most " + maxSequence() + " a sequence", seqLen);
    }
    Pass p = pass;
    if (p == null || p.batch != batch || p.seqLen != seqLen || p.depth != depth) {
      p = new Pass(config, batch, seqLen, depth, checkpointInterval, prompt);
      pass = p;
    }
    p.complete = false;
    passes++;
    adapted.forEach(a -> a.beginPass(passes));
    p.embed(embedding, ids);
    p.blocks.forward(blocks.subList(0, depth));
    p.norm(norm);
    head.forward(p.normed, p.logits);
    p.setIds(ids);
    p.complete = true;
    return p.logits;
  }

  /**
   * Mean cross-entropy of the last {@link #forward}'s logits, in nats.
   *
   * @param targets the id that follows at each position; -100 is left out
   */
  public double loss(int[] targets) {
    return crossEntropy(targets, false);
  }

  /**
   * {@link #loss}, then its gradient, added to the gradient of every parameter. The logits are used
   * up.
   *
   * @throws IllegalStateException if norms alone would learn, as the matrices cannot
   */
  public double lossAndBackward(int[] targets) {
    return lossAndBackward(targets, 1);
  }

  /**
   * {@link #lossAndBackward(int[])} with gradients times {@code weight}, for a mean over several
   * batches: the share that each has in all targets.
   *
   * @return the loss of these targets, without the weight
   */
  public double lossAndBackward(int[] targets, float weight) {
    return lossAndBackward(targets, weight, true);
  }

  /**
   * {@link #lossAndBackward(int[], float)}, with or without gradients of the embedding table: an
   * output matrix that is the table has none either then.
   */
  public double lossAndBackward(int[] targets, float weight, boolean embeddings) {
    if (!isTrainable()) {
      throw new IllegalStateException(
          "model: expected matrices or adapters that are trained, got none; loadForTraining makes"
              + " float32 of 16-bit ones");
    }
    double loss = crossEntropy(targets, true);
    Pass p = lastPass();
    if (weight != 1) {
      p.logits.axpby(weight, p.logits, 0);
    }
    p.complete = false;
    BlockGradients g = p.gradients();
    Tensor dnormed = g.branch.rows(0, p.normed.dim(0));
    if (embeddings || !config.tiedEmbeddings()) {
      head.backward(p.normed, p.logits, dnormed, false);
    } else {
      head.backwardInput(p.logits, dnormed, false);
    }
    p.normBackward(norm, dnormed, g.stream);
    p.blocks.backward(blocks.subList(0, p.depth), g);
    if (!adapted.isEmpty()) {
      p.promptBackward(g.stream);
    } else if (embeddings) {
      embedding.backward(p.ids, p.seqLen, g.stream);
    }
    return loss;
  }

  /** Sets every gradient to zero. */
  public void clearGradients() {
    parameters.forEach(Parameter::clearGradient);
    if (!adapted.isEmpty()) {
      parameters().forEach(Parameter::clearGradient);
    }
  }

  /** Tells the quantized layers and the adapters that an optimizer has changed their weights. */
  public void weightsChanged() {
    adapted.forEach(AdaptedLinear::weightsChanged);
    Workers.run(quantized.size(), i -> quantized.get(i).weightsChanged());
  }

  /** The same model with its ternary matrices packed to 2 bits a weight; shares the rest. */
  public Transformer pack() {
    expectNoAdapters("pack");
    return map(l -> l instanceof QatLinear q ? q.toPacked() : l, head);
  }

  /**
   * The same model with its dense matrices in 4 or 8 bits a weight, which do not learn; shares the
   * rest.
   *
   * @param tables whether the embeddings and the output matrix are among them
   * @throws IllegalArgumentException for a GPT-2, whose matrices lie the other way, or a target
   *     that is not one of matrices in memory
   */
  public Transformer quantized(Quantization to, boolean tables) {
    expectNoAdapters("quantized");
    return to.apply(this, tables);
  }

  /**
   * Bytes of all weights as they are held and stored: 4 a float, 2 bits a packed trit, and so on.
   */
  public long sizeBytes() {
    return WeightBytes.of(this);
  }

  @Override
  public String toString() {
    return "Transformer[%,d parameters, %,d bytes, %s]"
        .formatted(config.parameterCount(), sizeBytes(), config);
  }

  private double crossEntropy(int[] targets, boolean withGradient) {
    Pass p = lastPass();
    int rows = p.batch * p.seqLen;
    if (targets.length != rows) {
      throw Check.expected("targets", rows + " ids", targets.length);
    }
    p.setTargets(targets);
    return Kernels.active()
        .crossEntropy(
            p.logits.data(),
            p.targets,
            withGradient ? p.logits.data() : MemorySegment.NULL,
            rows,
            config.vocabSize(),
            -100);
  }

  private Pass lastPass() {
    Pass p = pass;
    if (p == null || !p.complete) {
      throw new IllegalStateException("loss: expected a forward pass before it, got none");
    }
    return p;
  }

  private List<Parameter> collectParameters() {
    List<Parameter> all = new ArrayList<>();
    all.addAll(embedding.parameters());
    blocks.forEach(b -> all.addAll(b.parameters()));
    all.addAll(norm.parameters());
    if (!config.tiedEmbeddings()) {
      all.addAll(head.parameters());
    }
    return Collections.unmodifiableList(all);
  }
}
