package io.tritter.run;

import io.tritter.data.Batch;
import io.tritter.hybrid.Effort;
import io.tritter.hybrid.Trainable;
import io.tritter.model.Transformer;
import io.tritter.model.TransformerConfig;
import io.tritter.nn.Parameter;
import io.tritter.optim.MasterWeights;
import io.tritter.tensor.Check;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A transformer that learns from some batches a step: the mean over all their targets together. */
public final class TransformerPasses implements Trainable<List<Batch>> {
  private final Learner learner;
  private final Transformer model;
  private final @Nullable MasterWeights masters;
  private final int context;

  /**
   * Passes of what learns.
   *
   * @param masters what the optimizer updates in place of the model's weights
   * @param context ids a sequence
   */
  TransformerPasses(Learner learner, @Nullable MasterWeights masters, int context) {
    this.learner = learner;
    this.model = learner.model();
    this.masters = masters;
    this.context = context;
  }

  /**
   * Passes of a model all of whose weights learn.
   *
   * @param context ids a sequence, at most the model's
   */
  public TransformerPasses(Transformer model, int context) {
    this(
        new WholeModel(model),
        null,
        (int) Check.inRange("context", context, 1, model.config().context()));
  }

  @Override
  public List<Parameter> parameters() {
    return masters == null ? model.parameters() : masters.parameters();
  }

  @Override
  public Set<String> embeddings() {
    return Set.copyOf(model.embeddingNames());
  }

  @Override
  public Map<String, String> stacked(double from, double to) {
    int layers = model.config().layers();
    Map<String, String> all = model.stacked(Effort.of(from, layers), Effort.of(to, layers));
    Map<String, String> learning = new HashMap<>();
    parameters().stream()
        .map(Parameter::name)
        .filter(all::containsKey)
        .forEach(name -> learning.put(name, all.get(name)));
    return learning;
  }

  @Override
  public Set<String> outputsAbove(double depth) {
    return model.outputs(Effort.of(depth, model.config().layers()));
  }

  @Override
  public double forwardBackward(List<Batch> batches, Effort effort) {
    model.clearGradients();
    model.useBlocks(Effort.of(effort.depth(), model.config().layers()));
    try {
      double loss = pass(part(batches, effort), true, effort.embeddings());
      learner.regularize();
      return loss;
    } finally {
      model.useBlocks(model.config().layers());
    }
  }

  @Override
  public double loss(List<Batch> batches) {
    return pass(batches, false, false);
  }

  private double pass(List<Batch> batches, boolean backward, boolean embeddings) {
    long predictions = batches.stream().mapToLong(Batch::predictions).sum();
    double loss = 0;
    for (Batch batch : batches) {
      if (batch.predictions() == 0) {
        continue;
      }
      double share = (double) batch.predictions() / predictions;
      model.forward(batch.ids(), batch.size());
      loss +=
          share
              * (backward
                  ? model.lossAndBackward(batch.targets(), (float) share, embeddings)
                  : model.loss(batch.targets()));
    }
    return loss;
  }

  /** The first sequences of all batches together, and the first ids of each. */
  static List<Batch> part(List<Batch> batches, Effort effort) {
    if (effort.batch() == 1 && effort.context() == 1) {
      return batches;
    }
    int left = Effort.of(effort.batch(), batches.stream().mapToInt(Batch::size).sum());
    List<Batch> parts = new ArrayList<>();
    for (Batch batch : batches) {
      int sequences = Math.min(left, batch.size());
      if (sequences > 0) {
        int length = batch.ids().length / batch.size();
        parts.add(batch.part(sequences, Effort.of(effort.context(), length)));
        left -= sequences;
      }
    }
    return parts;
  }

  @Override
  public void weightsChanged() {
    if (masters != null) {
      masters.round();
    }
    model.weightsChanged();
  }

  /** By multiplications, of which a backward pass has twice as many as a forward pass. */
  @Override
  public double cost(Effort effort) {
    TransformerConfig config = model.config();
    int ids = Effort.of(effort.context(), context);
    int layers = Effort.of(effort.depth(), config.layers());
    double head = config.headMultiplications();
    double tied = effort.embeddings() || !config.tiedEmbeddings() ? 3 : 2;
    double part = 3 * config.blockMultiplications(ids) * layers + tied * head;
    double whole = 3 * (config.blockMultiplications(context) * config.layers() + head);
    return effort.batch() * ids / context * part / whole;
  }
}
