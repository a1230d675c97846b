package io.tritter.run;

import io.tritter.data.Batch;
import io.tritter.data.DataStream;
import io.tritter.data.Tokenizer;
import io.tritter.hybrid.DeterministicTrainer;
import io.tritter.hybrid.Effort;
import io.tritter.hybrid.ForecastError;
import io.tritter.hybrid.HybridConfig;
import io.tritter.hybrid.HybridStep;
import io.tritter.hybrid.HybridTrainer;
import io.tritter.hybrid.LinearPredictor;
import io.tritter.hybrid.Phase;
import io.tritter.hybrid.Restorable;
import io.tritter.hybrid.StepResult;
import io.tritter.model.Transformer;
import io.tritter.nn.Parameter;
import io.tritter.optim.MasterWeights;
import io.tritter.optim.Optimizer;
import io.tritter.optim.State;
import io.tritter.tensor.Tensor;
import io.tritter.train.StepMetrics;
import java.io.IOException;
import java.util.ArrayList;
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
  private static final String HYBRID = "hybrid.";

  private final Learner learner;
  private final Transformer model;
  private final TrainingSettings settings;
  private final Optimizer optimizer;
  private final @Nullable MasterWeights masters;
  private final TransformerPasses passes;
  private final @Nullable DeterministicTrainer phases;
  private final @Nullable HybridTrainer<List<Batch>> hybrid;

  /**
   * What cheap steps need.
   *
   * @param context ids a sequence
   * @param probe batches by which they are judged
   * @param surroundings what goes back with the weights
   */
  record Cheap(HybridConfig config, int context, List<Batch> probe, Restorable surroundings) {
    Cheap {
      probe = List.copyOf(probe);
    }

    /**
     * What the cheap steps of a run need, which the first batches of its data judge; null without.
     *
     * @param data the stream that a rollback takes back
     */
    static @Nullable Cheap of(
        RunFile file, Tokenizer tokenizer, DataStream<Batch> data, Learner learner)
        throws IOException {
      HybridConfig hybrid = file.hybrid();
      if (hybrid == null) {
        return null;
      }
      try (DataStream<Batch> beginning = file.data().open(tokenizer, line -> {})) {
        List<Batch> probe = next(beginning, file.training().accumulate());
        return new Cheap(hybrid, file.data().context(), probe, new Surroundings(data, learner));
      }
    }
  }

  /** The next batches of a stream; fewer, or none, at its end. */
  static List<Batch> next(DataStream<Batch> stream, int count) throws IOException {
    List<Batch> batches = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Batch batch = stream.next();
      if (batch == null) {
        break;
      }
      batches.add(batch);
    }
    return batches;
  }

  /** Steps with a backward pass each, or with the phases of the settings. */
  TrainingStep(Learner learner, TrainingSettings settings) {
    this(learner, settings, null);
  }

  /**
   * Steps of a run.
   *
   * @param cheap null for no cheap steps
   */
  TrainingStep(Learner learner, TrainingSettings settings, @Nullable Cheap cheap) {
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
    passes = new TransformerPasses(learner, masters, cheap == null ? 1 : cheap.context());
    hybrid =
        cheap == null
            ? null
            : new HybridTrainer<>(
                passes,
                optimizer,
                settings.clipNorm(),
                cheap.config(),
                cheap.probe(),
                cheap.surroundings());
  }

  /** Whether the next step reads batches; where it does not, none should be drawn for it. */
  boolean needsBatches() {
    return hybrid == null || hybrid.needsBatch();
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
    if (hybrid != null) {
      return step(hybrid, number, batches);
    }
    boolean backward = phases == null || phases.beginStep().needsBackward();
    double loss = backward ? passes.forwardBackward(batches, Effort.FULL) : passes.loss(batches);
    if (!Double.isFinite(loss)) {
      throw new IllegalArgumentException(
          "step %d: expected a finite loss, got %s; a lower learning_rate or clip_norm may help"
              .formatted(number, loss));
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
        predictions(batches),
        Double.NaN,
        Double.NaN,
        !backward,
        predictionError,
        Double.NaN,
        Double.NaN);
  }

  private StepMetrics step(HybridTrainer<List<Batch>> trainer, long number, List<Batch> batches) {
    List<Batch> read = trainer.needsBatch() ? batches : List.of();
    Effort effort = trainer.effort();
    long tokens = effort == null ? 0 : predictions(TransformerPasses.part(read, effort));
    HybridStep step =
        trainer.step(trainer.needsBatch() ? read : null, settings.schedule().learningRate(number));
    return new StepMetrics(
        number,
        step.phase(),
        step.loss(),
        step.gradientNorm(),
        step.learningRate(),
        tokens,
        Double.NaN,
        Double.NaN,
        step.phase() == Phase.PREDICT,
        Double.NaN,
        Double.NaN,
        Double.NaN,
        step.kind(),
        step.verdict());
  }

  /** What forecasts of the loss were worth; empty where nobody forecasts. */
  List<ForecastError> forecasts() {
    return hybrid == null ? List.of() : hybrid.stats().forecasts();
  }

  private static long predictions(List<Batch> batches) {
    return batches.stream().mapToLong(Batch::predictions).sum();
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
    if (hybrid != null) {
      state = state.plus(hybrid.state().within(HYBRID));
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
    if (hybrid != null) {
      hybrid.load(state.part(HYBRID));
    }
  }
}
