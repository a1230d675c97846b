package io.tritter.bridge;

import io.tritter.hybrid.AdaptiveLengths;
import io.tritter.hybrid.DeterministicTrainer;
import io.tritter.hybrid.LinearPredictor;
import io.tritter.hybrid.PhaseSchedule;
import io.tritter.hybrid.StepResult;
import io.tritter.hybrid.TrainerStats;
import io.tritter.optim.ParameterShapes;
import io.tritter.optim.State;
import io.tritter.tensor.Check;
import io.tritter.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.graalvm.polyglot.HostAccess;
import org.jspecify.annotations.Nullable;

/** Calls of {@code tritter_accel._trainer}; a trainer, a step and a state are handles. */
public final class TrainerCalls {
  private static final int MORE_THAN_ASKED = 2;

  /** That a predictor keeps for a parameter; one with a window keeps those of the window too. */
  private static final long FLOATS_OF_SUMS = 4;

  private final Memory memory;

  TrainerCalls(Memory memory) {
    this.memory = memory;
  }

  /**
   * A trainer in WARMUP.
   *
   * @param historyWindow as vsa-optim-rs counts, which keeps two gradients more; 0: running sums
   * @param lossThreshold of the adaptive phase lengths, or 0 for fixed ones
   */
  @HostAccess.Export
  public DeterministicTrainer create(
      String[] names,
      int[][] shapes,
      int warmup,
      int full,
      int predict,
      int correctEvery,
      int historyWindow,
      double historyDecay,
      double lossThreshold) {
    ParameterShapes parameters = ParameterShapes.of(List.of(names), List.of(shapes));
    PhaseSchedule schedule = new PhaseSchedule(warmup, full, predict, correctEvery);
    AdaptiveLengths adaptive = lossThreshold == 0 ? null : new AdaptiveLengths(lossThreshold);
    long copies = historyWindow == 0 ? FLOATS_OF_SUMS : historyWindow + FLOATS_OF_SUMS;
    return memory.keep(
        "params",
        Math.multiplyExact(parameters.elements(), copies * Float.BYTES),
        () -> {
          LinearPredictor predictor =
              historyWindow == 0
                  ? LinearPredictor.runningSums(parameters, historyDecay)
                  : LinearPredictor.window(
                      parameters, historyWindow + MORE_THAN_ASKED, historyDecay);
          return new DeterministicTrainer(predictor, schedule, adaptive);
        });
  }

  @HostAccess.Export
  public String beginStep(DeterministicTrainer trainer) {
    return trainer.beginStep().name();
  }

  @HostAccess.Export
  public String phase(DeterministicTrainer trainer) {
    return trainer.phase().name();
  }

  @HostAccess.Export
  public boolean needsBackward(DeterministicTrainer trainer) {
    return trainer.needsBackward();
  }

  /** Does a step that needs no gradients. */
  @HostAccess.Export
  public StepResult stepWithoutGradients(DeterministicTrainer trainer, double loss) {
    return trainer.step((@Nullable Map<String, Tensor>) null, loss);
  }

  /** Does a step with the gradients at the addresses. */
  @HostAccess.Export
  public StepResult step(
      DeterministicTrainer trainer,
      double loss,
      String[] names,
      int[][] shapes,
      long[] gradients,
      long[] sizes) {
    return trainer.step(memory.tensors(names, shapes, gradients, sizes), loss);
  }

  /** The fields of a step in the order of the record, without the gradients. */
  @HostAccess.Export
  public Object[] fields(StepResult step) {
    return new Object[] {
      step.phase().name(),
      step.needsBackward(),
      step.nextNeedsBackward(),
      step.totalStep(),
      step.cycle(),
      step.speedup(),
      step.meanPredictionError()
    };
  }

  /** Whether the step predicted gradients. */
  @HostAccess.Export
  public boolean hasPrediction(StepResult step) {
    return step.predictedGradients() != null;
  }

  /** Copies predicted gradients; before the next step, which overwrites them. */
  @HostAccess.Export
  public void prediction(StepResult step, String[] names, long[] targets, long[] sizes) {
    Map<String, Tensor> predicted = step.predictedGradients();
    for (int i = 0; predicted != null && i < names.length; i++) {
      Tensor gradient = predicted.get(names[i]);
      if (gradient == null) {
        throw Check.expected("names", "one of " + predicted.keySet(), names[i]);
      }
      memory.tensor(names[i], targets[i], sizes[i], gradient.shape()).copyFrom(gradient);
    }
  }

  /** The fields of the statistics in the order of the record. */
  @HostAccess.Export
  public Object[] stats(DeterministicTrainer trainer) {
    TrainerStats stats = trainer.stats();
    return new Object[] {
      stats.totalSteps(),
      stats.warmupSteps(),
      stats.fullSteps(),
      stats.predictSteps(),
      stats.correctSteps(),
      stats.cycles(),
      stats.speedup(),
      stats.meanPredictionError(),
      stats.currentLoss()
    };
  }

  @HostAccess.Export
  public void reset(DeterministicTrainer trainer) {
    trainer.reset();
  }

  /** A snapshot. */
  @HostAccess.Export
  public State state(DeterministicTrainer trainer) {
    return trainer.state().copy();
  }

  @HostAccess.Export
  public String[] tensorNames(State state) {
    return state.tensors().keySet().toArray(new String[0]);
  }

  @HostAccess.Export
  public @Nullable Tensor tensor(State state, String name) {
    return state.tensors().get(name);
  }

  @HostAccess.Export
  public String[] numberNames(State state) {
    return state.numbers().keySet().toArray(new String[0]);
  }

  @HostAccess.Export
  public double number(State state, String name) {
    return state.number(name);
  }

  /** Goes on from the tensors and numbers of a state. */
  @HostAccess.Export
  public void load(
      DeterministicTrainer trainer,
      String[] numberNames,
      double[] numbers,
      String[] tensorNames,
      int[][] shapes,
      long[] tensors,
      long[] sizes) {
    Map<String, Double> values = new LinkedHashMap<>();
    for (int i = 0; i < numberNames.length; i++) {
      values.put(numberNames[i], numbers[i]);
    }
    trainer.load(new State(memory.tensors(tensorNames, shapes, tensors, sizes), values));
  }
}
