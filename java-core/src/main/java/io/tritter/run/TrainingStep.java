package io.tritter.run;

import io.tritter.data.Batch;
import io.tritter.hybrid.DeterministicTrainer;
import io.tritter.hybrid.LinearPredictor;
import io.tritter.hybrid.Phase;
import io.tritter.hybrid.StepResult;
import io.tritter.model.Transformer;
import io.tritter.nn.Parameter;
import io.tritter.optim.MasterWeights;
import io.tritter.optim.Optimizer;
import io.tritter.optim.State;
import io.tritter.tensor.Tensor;
import io.tritter.train.StepMetrics;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A step of training: gradients of some batches, or predicted ones, and an update of the weights.
 */
final class TrainingStep {
  private static final String OPTIMIZER = "optimizer.";
  private static final String PHASES = "phases.";
  private static final String MASTERS = "master.";
  private static final String LEARNER = "learner.";

  private final Learner learner;
  private final Transformer model;
  private final TrainingSettings settings;
  private final Optimizer optimizer;
  private final @Nullable MasterWeights masters;
  private final @Nullable DeterministicTrainer phases;

  TrainingStep(Learner learner, TrainingSettings settings) {
    this.learner = learner;
    this.model = learner.model();
    this.settings = settings;
    if (settings.checkpointEvery() > 0) {
      model.checkpointEvery(settings.checkpointEvery());
    }
    masters = settings.bfloat16() ? new MasterWeights(model.parameters()) : null;
    optimizer =
        settings.optimizer().create(masters == null ? model.parameters() : masters.parameters());
    phases =
        settings.phases() == null
            ? null
            : new DeterministicTrainer(
                LinearPredictor.runningSums(optimizer.shapes()),
                settings.phases(),
                settings.adaptive());
  }

  /**
   * Takes a step.
   *
   * @param batches whose losses are averaged over all their targets together
   * @return what it was; tokens are those of this step, its speed and time are NaN
   * @throws IllegalArgumentException for a loss or gradient that is not finite; the weights are as
   *     they were
   */
  StepMetrics step(long number, List<Batch> batches) {
    boolean backward = phases == null || phases.beginStep().needsBackward();
    long predictions = batches.stream().mapToLong(Batch::predictions).sum();
    if (backward) {
      model.clearGradients();
    }
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
                  ? model.lossAndBackward(batch.targets(), (float) share)
                  : model.loss(batch.targets()));
    }
    if (!Double.isFinite(loss)) {
      throw new IllegalArgumentException(
          "step %d: expected a finite loss, got %s; a lower learning_rate or clip_norm may help"
              .formatted(number, loss));
    }
    if (backward) {
      learner.regularize();
    }
    double rate = settings.schedule().learningRate(number);
    double norm;
    Phase phase = Phase.FULL;
    double predictionError = Double.NaN;
    if (phases == null) {
      norm = optimizer.step(rate, settings.clipNorm());
    } else {
      StepResult result = phases.step(backward ? gradients() : null, loss);
      Map<String, Tensor> predicted = result.predictedGradients();
      norm =
          predicted == null
              ? optimizer.step(rate, settings.clipNorm())
              : optimizer.step(predicted, rate, settings.clipNorm());
      phase = result.phase();
      predictionError = result.meanPredictionError();
    }
    if (masters != null) {
      masters.round();
    }
    learner.updated(number + 1);
    model.weightsChanged();
    return new StepMetrics(
        number,
        phase,
        loss,
        norm,
        rate,
        predictions,
        Double.NaN,
        Double.NaN,
        !backward,
        predictionError,
        Double.NaN,
        Double.NaN);
  }

  private Map<String, Tensor> gradients() {
    Map<String, Tensor> gradients = new LinkedHashMap<>();
    for (Parameter parameter : model.parameters()) {
      gradients.put(parameter.name(), parameter.gradient());
    }
    return gradients;
  }

  /** The optimizer's and the phases' state; its tensors are live. */
  State state() {
    State state = optimizer.state().within(OPTIMIZER).plus(learner.state().within(LEARNER));
    if (masters != null) {
      state = state.plus(masters.state().within(MASTERS));
    }
    return phases == null ? state : state.plus(phases.state().within(PHASES));
  }

  /**
   * Goes on from a saved state.
   *
   * @throws IllegalArgumentException for one that does not fit
   */
  void load(State state) {
    optimizer.load(state.part(OPTIMIZER));
    learner.load(state.part(LEARNER));
    if (masters != null) {
      masters.load(state.part(MASTERS));
    }
    if (phases != null) {
      phases.load(state.part(PHASES));
    }
  }
}
