package io.tritter.hybrid;

import io.tritter.optim.ParameterShapes;
import io.tritter.optim.State;
import io.tritter.tensor.Check;
import io.tritter.tensor.Tensor;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Decides step by step whether a backward pass is needed, and predicts the gradients where it is
 * not; the same inputs give the same bits.
 *
 * <pre>{@code
 * boolean backward = trainer.beginStep().needsBackward();
 * double loss = model.loss(batch, backward);
 * StepResult step = trainer.step(backward ? gradients : null, loss);
 * optimizer.step(backward ? gradients : step.predictedGradients(), rate, clip);
 * }</pre>
 *
 * <p>A refused argument leaves the trainer as it was. Not for use by several threads at once.
 */
public final class DeterministicTrainer {
  private static final double ERROR_MEMORY = 0.9;
  private static final String MEAN_ERROR = "mean_prediction_error";
  private static final String CLOCK = "phases.";
  private static final String PREDICTOR = "predictor.";

  private final Predictor predictor;
  private PhaseClock clock;
  private double meanPredictionError;

  /**
   * A trainer in WARMUP.
   *
   * @param adaptive changes the lengths of the phases by the trend of the loss; null keeps them
   */
  public DeterministicTrainer(
      Predictor predictor, PhaseSchedule schedule, @Nullable AdaptiveLengths adaptive) {
    this.predictor = predictor;
    this.clock = new PhaseClock(schedule, adaptive);
  }

  /** A trainer with fixed lengths and the linear predictor on running sums. */
  public static DeterministicTrainer of(ParameterShapes parameters, PhaseSchedule schedule) {
    return new DeterministicTrainer(LinearPredictor.runningSums(parameters), schedule, null);
  }

  /** Names and shapes of the parameters. */
  public ParameterShapes parameters() {
    return predictor.parameters();
  }

  /**
   * Enters the next step and says its phase, before any gradient is computed. Called again before
   * {@link #step}, it says the same; {@code step} calls it where the caller did not.
   */
  public Phase beginStep() {
    clock.begin();
    return clock.phase();
  }

  /** The phase of the step that has begun or, between two steps, of the last one. */
  public Phase phase() {
    return clock.phase();
  }

  /** Whether the step that has begun, or else the next one, needs a backward pass. */
  public boolean needsBackward() {
    return clock.upcoming().needsBackward();
  }

  /**
   * Does one step.
   *
   * @param gradients one for each parameter by name; neither read nor needed in PREDICT
   * @param loss finite; only {@link AdaptiveLengths} and the statistics look at it
   * @throws IllegalArgumentException for a gradient that is missing, unknown, of another shape or
   *     not finite, or such a loss; it names the parameter and the flat index
   */
  public StepResult step(@Nullable Map<String, Tensor> gradients, double loss) {
    Check.finite("loss", (float) loss);
    if (!clock.upcoming().needsBackward()) {
      return predict(loss);
    }
    if (gradients == null) {
      throw Check.expected("gradients", "gradients in phase " + clock.upcoming(), "none");
    }
    return learn(predictor.parameters().gradients(gradients), loss);
  }

  /** {@link #step(Map, double)} that asks for the gradients only when the step needs them. */
  public StepResult step(Supplier<Map<String, Tensor>> gradients, double loss) {
    return step(clock.upcoming().needsBackward() ? gradients.get() : null, loss);
  }

  private StepResult predict(double loss) {
    clock.begin();
    List<Tensor> predicted = predictor.predict(clock.totalSteps());
    return end(predictor.parameters().named(predicted), loss);
  }

  private StepResult learn(List<Tensor> gradients, double loss) {
    clock.begin();
    if (clock.phase() == Phase.CORRECT) {
      double error = predictor.correct(clock.totalSteps(), gradients);
      meanPredictionError = ERROR_MEMORY * meanPredictionError + (1 - ERROR_MEMORY) * error;
    } else {
      predictor.observe(clock.totalSteps(), gradients);
    }
    return end(null, loss);
  }

  private StepResult end(@Nullable Map<String, Tensor> predicted, double loss) {
    clock.end((float) loss);
    return new StepResult(
        clock.phase(),
        clock.phase().needsBackward(),
        clock.upcoming().needsBackward(),
        clock.totalSteps() - 1,
        clock.cycle(),
        predicted,
        clock.speedup(),
        meanPredictionError);
  }

  /** What the steps so far have been. */
  public TrainerStats stats() {
    return new TrainerStats(
        clock.totalSteps(),
        clock.steps(Phase.WARMUP),
        clock.steps(Phase.FULL),
        clock.steps(Phase.PREDICT),
        clock.steps(Phase.CORRECT),
        clock.cycle(),
        clock.speedup(),
        meanPredictionError,
        clock.lastLoss());
  }

  /** Back to the first step of WARMUP, with nothing remembered. */
  public void reset() {
    predictor.reset();
    clock = clock.fresh();
    meanPredictionError = 0;
  }

  /**
   * All that decides how training goes on; a trainer that loads it continues with the same bits.
   * The tensors are live and change with the next step.
   */
  public State state() {
    return new State(Map.of(), Map.of(MEAN_ERROR, meanPredictionError))
        .plus(clock.state().within(CLOCK))
        .plus(predictor.state().within(PREDICTOR));
  }

  /**
   * Goes on from a saved state, with the schedule and the predictor of this trainer.
   *
   * @throws IllegalArgumentException for a state that is not complete or was saved with other
   *     parameters or another kind of predictor; nothing has changed then
   */
  public void load(State state) {
    double error = Check.finite(MEAN_ERROR, state.number(MEAN_ERROR));
    PhaseClock resumed = clock.resumed(state.part(CLOCK));
    predictor.load(state.part(PREDICTOR));
    clock = resumed;
    meanPredictionError = error;
  }
}
