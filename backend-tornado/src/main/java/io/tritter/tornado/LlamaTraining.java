package io.tritter.tornado;

import io.tritter.kernel.Activation;
import io.tritter.kernel.AdamWStep;
import io.tritter.kernel.Kernels;
import io.tritter.model.Transformer;
import io.tritter.model.TransformerConfig;
import io.tritter.nn.Embedding;
import io.tritter.nn.Parameter;
import io.tritter.tensor.Check;
import io.tritter.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;

/**
 * Training steps of a dense Llama whose weights, activations, gradients and moments stay on the
 * device. A step sends the embedded ids and the targets there, and brings the losses and the
 * gradient of the embedded ids back; the table of embeddings, its gradient and its moments are the
 * host's. Gradients are not clipped: their norm is not computed on the device.
 */
final class LlamaTraining implements AutoCloseable {
  private static final String TABLE = "model.embed_tokens.weight";
  private static final String HEAD = "lm_head.weight";
  private static final String NORM = "model.norm.weight";
  private static final int NO_TARGET = -100;
  private static final float BETA1 = 0.9f;
  private static final float BETA2 = 0.95f;
  private static final float EPSILON = 1e-8f;
  private static final float DECAY = 0.1f;

  private final Device device;
  private final Kernels cpu;
  private final Scratch memory;
  private final Embedding table;
  private final Parameter tableWeight;
  private final Tensor firstMoment;
  private final Tensor secondMoment;
  private final DeviceParameters parameters;
  private final LlamaLayer.Pass pass;
  private final int in;
  private final int targets;
  private final int losses;
  private final LlamaLayer.Gradients gradients;
  private final List<Launch> launches = new ArrayList<>();
  private final Tensor embedded;
  private long steps;

  /**
   * Copies a model to the device, for steps of {@code batch} sequences of {@code context} ids.
   *
   * @throws IllegalArgumentException for a model that is not a dense Llama with an output matrix of
   *     its own
   * @throws OutOfDeviceMemoryException without room for it
   */
  LlamaTraining(TornadoKernels kernels, Transformer model, int batch, int context) {
    TransformerConfig c = model.config();
    check(c);
    device = kernels.hardware();
    cpu = kernels.cpu();
    List<Parameter> all = new ArrayList<>(model.parameters());
    tableWeight = all.stream().filter(p -> p.name().equals(TABLE)).findFirst().orElseThrow();
    all.remove(tableWeight);
    table = new Embedding(tableWeight);
    firstMoment = Tensor.zeros(tableWeight.value().shape());
    secondMoment = Tensor.zeros(tableWeight.value().shape());
    int rows = batch * context;
    embedded = Tensor.zeros(rows, c.hiddenSize());
    Scratch memory = device.scratch();
    try {
      parameters = new DeviceParameters(device, memory, all);
      int turns = turns(memory, c, context, /* inverse= */ false);
      int turnsBack = turns(memory, c, context, /* inverse= */ true);
      pass = new LlamaLayer.Pass(c, batch, context, turns, turnsBack);
      in = memory.floats(embedded.size());
      targets = memory.ints(rows);
      losses = memory.floats(rows);
      gradients = LlamaLayer.Gradients.in(memory, pass);
      plan(memory, c, rows);
    } catch (RuntimeException e) {
      memory.close();
      throw e;
    }
    this.memory = memory;
  }

  private static void check(TransformerConfig c) {
    if (c.architecture() != TransformerConfig.Architecture.LLAMA
        || c.weights() != TransformerConfig.Weights.DENSE
        || c.activation() != Activation.SILU
        || c.subNorms()
        || c.attentionBias()
        || c.mlpBias()
        || c.tiedEmbeddings()) {
      throw new IllegalArgumentException(
          "model: expected a dense Llama with an output matrix of its own, got " + c);
    }
  }

  private static int turns(Scratch memory, TransformerConfig c, int context, boolean inverse) {
    float[] turns = Rope.table(context, c.headDim(), 0, c.ropeTheta(), inverse);
    try (Arena arena = Arena.ofConfined()) {
      return memory.write(arena.allocateFrom(ValueLayout.JAVA_FLOAT, turns), turns.length);
    }
  }

  /** Lists the kernels from the embedded ids to the gradient of them. */
  private void plan(Scratch memory, TransformerConfig c, int rows) {
    int dim = c.hiddenSize();
    int classes = c.vocabSize();
    List<LlamaLayer> layers = new ArrayList<>();
    int x = in;
    launches.add(parameters.clearGradients());
    for (int l = 0; l < c.layers(); l++) {
      LlamaLayer layer = new LlamaLayer(pass, memory, parameters, "model.layers." + l + ".", x);
      layer.forward(launches);
      layers.add(layer);
      x = layer.out();
    }
    int normed = memory.floats((long) rows * dim);
    int logits = memory.floats((long) rows * classes);
    Product head =
        new Product(rows, dim, classes, parameters.value(HEAD), parameters.gradient(HEAD));
    int norm = parameters.value(NORM);
    launches.add(RmsNorm.launch(x, norm, normed, rows, dim, c.normEps()));
    launches.add(head.forward(normed, logits, false));
    launches.add(CrossEntropy.launch(logits, targets, losses, rows, classes, NO_TARGET, rows));
    launches.addAll(head.backward(normed, logits, gradients.normed(), false));
    launches.addAll(
        RmsNormBackward.launches(
            x,
            norm,
            gradients.normed(),
            gradients.stream(),
            parameters.gradient(NORM),
            gradients.scales(),
            rows,
            dim,
            c.normEps()));
    layers.reversed().forEach(layer -> layer.backward(launches, gradients));
  }

  /**
   * A step of AdamW.
   *
   * @param ids sequence after sequence
   * @param next the id that follows each of them
   * @return the mean cross-entropy before the step, in nats
   * @throws IllegalArgumentException for an id outside the vocabulary, before anything is changed
   */
  double step(int[] ids, int[] next, float rate) {
    int rows = pass.rows();
    checkIds("ids", ids, rows);
    checkIds("next", next, rows);
    table.forward(ids, embedded);
    device.write(true, in, embedded.data(), embedded.size());
    try (Arena arena = Arena.ofConfined()) {
      device.write(false, targets, arena.allocateFrom(ValueLayout.JAVA_INT, next), rows);
      launches.forEach(device::run);
      steps++;
      AdamWStep step = new AdamWStep(rate, BETA1, BETA2, EPSILON, DECAY, steps);
      parameters.update(step).forEach(device::run);
      device.read(true, gradients.stream(), embedded.data(), embedded.size());
      updateTable(arena.allocateFrom(ValueLayout.JAVA_INT, ids), step);
    }
    float[] each = new float[rows];
    device.read(true, losses, MemorySegment.ofArray(each), rows);
    double sum = 0;
    for (float loss : each) {
      sum += loss;
    }
    return sum / rows;
  }

  private void checkIds(String name, int[] ids, int rows) {
    if (ids.length != rows) {
      throw Check.expected(name, rows + " ids", ids.length);
    }
    for (int id : ids) {
      Check.inRange(name, id, 0, pass.config().vocabSize() - 1);
    }
  }

  private void updateTable(MemorySegment ids, AdamWStep step) {
    Tensor gradient = tableWeight.gradient();
    gradient.clear();
    int rows = embedded.dim(0);
    int dim = embedded.dim(1);
    cpu.addRows(embedded.data(), ids, gradient.data(), rows, table.vocab(), dim);
    cpu.adamW(
        tableWeight.value().data(),
        gradient.data(),
        firstMoment.data(),
        secondMoment.data(),
        gradient.size(),
        step,
        1f);
  }

  /** Copies the weights back into the model. */
  void download() {
    parameters.download();
  }

  @Override
  public void close() {
    memory.close();
  }
}
