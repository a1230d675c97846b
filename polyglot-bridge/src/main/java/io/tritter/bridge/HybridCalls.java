package io.tritter.bridge;

import io.tritter.data.Batch;
import io.tritter.format.FormatException;
import io.tritter.hybrid.ArmRecord;
import io.tritter.hybrid.Effort;
import io.tritter.hybrid.HybridConfig;
import io.tritter.hybrid.HybridStats;
import io.tritter.hybrid.HybridStep;
import io.tritter.hybrid.HybridTrainer;
import io.tritter.hybrid.Phase;
import io.tritter.model.Transformer;
import io.tritter.optim.Optimizer;
import io.tritter.optim.OptimizerSettings;
import io.tritter.optim.State;
import io.tritter.run.RunFile;
import io.tritter.tensor.Check;
import io.tritter.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.graalvm.polyglot.HostAccess;
import org.jspecify.annotations.Nullable;

/** Calls of {@code tritter_accel._hybrid}; a trainer, a step, a state are handles. */
public final class HybridCalls {
  /** Weights, gradients, known weights, changes, two moments. */
  private static final long FLOATS = 6;

  private static final String TRAINER = "trainer.";
  private static final String OPTIMIZER = "optimizer.";
  private static final String WEIGHTS = "weights.";
  private static final String SNAPSHOTS = "snapshots";

  private final Memory memory;

  HybridCalls(Memory memory) {
    this.memory = memory;
  }

  /**
   * A trainer of a model of ours.
   *
   * @param settings the {@code hybrid} block of a run file, as JSON
   * @param size sequences of the batch that judges attempts; 0 for none
   */
  @HostAccess.Export
  public HybridTraining create(
      Transformer model,
      Optimizer optimizer,
      String settings,
      long steps,
      double clipNorm,
      int context,
      int size,
      long ids,
      long idCount,
      long targets,
      long targetCount)
      throws FormatException {
    HybridConfig config = RunFile.hybrid(settings, steps);
    Batch probe = size == 0 ? null : batch(size, ids, idCount, targets, targetCount);
    int length = context == 0 ? model.config().context() : context;
    return new HybridTraining(model, length, optimizer, clipNorm, config, probe);
  }

  /**
   * A trainer of a model that Python runs, whose weights are at the addresses.
   *
   * @param optimizer the {@code optimizer} block of a run file, as JSON
   */
  @HostAccess.Export
  public HybridTraining createPassed(
      String settings,
      long steps,
      double clipNorm,
      String optimizer,
      String[] embeddings,
      String[] names,
      int[][] shapes,
      long[] weights,
      long[] sizes)
      throws FormatException {
    HybridConfig config = RunFile.hybrid(settings, steps);
    OptimizerSettings updates = RunFile.optimizer(optimizer);
    Map<String, Tensor> values = memory.tensors(names, shapes, weights, sizes);
    values.forEach(Check::finite);
    long elements = values.values().stream().mapToLong(Tensor::size).sum();
    return memory.keep(
        "parameters",
        Math.multiplyExact(elements, FLOATS * Float.BYTES),
        () -> {
          PassedGradients passed = new PassedGradients(values, Set.of(embeddings));
          return new HybridTraining(passed, updates.create(passed.parameters()), clipNorm, config);
        });
  }

  private Batch batch(int size, long ids, long idCount, long targets, long targetCount) {
    return Batch.of(
        memory.ints("ids", ids, idCount), memory.ints("targets", targets, targetCount), size);
  }

  @HostAccess.Export
  public String phase(HybridTraining training) {
    return training.trainer().phase().name();
  }

  /** Batch, context, depth and embeddings (1 or 0) of the next pass; empty for ntraining. */
  @HostAccess.Export
  public double[] effort(HybridTraining training) {
    Effort effort = training.trainer().effort();
    return effort == null
        ? new double[0]
        : new double[] {
          effort.batch(), effort.context(), effort.depth(), effort.embeddings() ? 1 : 0
        };
  }

  /** A step of a model of ours; a size of 0 for no batch. */
  @HostAccess.Export
  public HybridStep step(
      HybridTraining training,
      double learningRate,
      int size,
      long ids,
      long idCount,
      long targets,
      long targetCount) {
    HybridTrainer<List<Batch>> trainer = training.ours;
    if (trainer == null) {
      throw Check.expected("trainer", "one of a Model", "one of callables");
    }
    training.snapshots.begin();
    return trainer.step(
        size == 0 ? null : List.of(batch(size, ids, idCount, targets, targetCount)), learningRate);
  }

  /** A step that runs no pass, of a model that Python runs. */
  @HostAccess.Export
  public HybridStep stepWithoutPass(HybridTraining training, double learningRate) {
    return passed(training, learningRate, null);
  }

  /** A step with the loss and the gradients that Python has computed. */
  @HostAccess.Export
  public HybridStep stepPassed(
      HybridTraining training, double learningRate, double loss, long[] gradients, long[] sizes) {
    PassedGradients model = model(training);
    List<Tensor> all = new ArrayList<>();
    for (int i = 0; i < gradients.length; i++) {
      String name = "gradients[" + model.shapes().name(i) + "]";
      all.add(memory.tensor(name, gradients[i], sizes[i], model.shapes().shape(i)));
    }
    return passed(training, learningRate, new PassedGradients.Result(loss, all));
  }

  private static HybridStep passed(
      HybridTraining training, double learningRate, PassedGradients.@Nullable Result result) {
    HybridTrainer<PassedGradients.Result> trainer = training.theirs;
    if (trainer == null) {
      throw Check.expected("trainer", "one of callables", "one of a Model");
    }
    training.snapshots.begin();
    return trainer.step(result, learningRate);
  }

  private static PassedGradients model(HybridTraining training) {
    PassedGradients passed = training.passed;
    if (passed == null) {
      throw Check.expected("trainer", "one of callables", "one of a Model");
    }
    return passed;
  }

  /** Copies the changes of the weights; Python adds them, and its weights are known again. */
  @HostAccess.Export
  public void changes(HybridTraining training, long[] targets, long[] sizes) {
    PassedGradients model = model(training);
    for (int i = 0; i < targets.length; i++) {
      memory
          .tensor(model.shapes().name(i), targets[i], sizes[i], model.shapes().shape(i))
          .copyFrom(model.changes().get(i));
    }
    model.known();
  }

  /** Python has put back a snapshot: the weights are known again. */
  @HostAccess.Export
  public void restored(HybridTraining training) {
    model(training).known();
  }

  /** Numbers of the snapshot to take and of that to put back, now; 0 for ntraining. */
  @HostAccess.Export
  public long[] snapshots(HybridTraining training) {
    SnapshotNumbers numbers = training.snapshots;
    return new long[] {numbers.taken(), numbers.wanted()};
  }

  /** Step, phase, kind, cost, loss, gradient norm, learning rate, divergence, verdict. */
  @HostAccess.Export
  public Object[] fields(HybridStep step) {
    return new Object[] {
      step.step(),
      step.phase().name(),
      step.kind().name(),
      step.cost(),
      step.loss(),
      step.gradientNorm(),
      step.learningRate(),
      step.divergence().name(),
      step.verdict().name()
    };
  }

  /** Steps and seconds of WARMUP, FULL, PREDICT, CORRECT; progress, overhead, rate factor. */
  @HostAccess.Export
  public double[] stats(HybridTraining training) {
    HybridStats stats = training.trainer().stats();
    double[] all = new double[2 * Phase.values().length + 3];
    int at = 0;
    for (Phase phase : List.of(Phase.WARMUP, Phase.FULL, Phase.PREDICT, Phase.CORRECT)) {
      HybridStats.PhaseTotal total = stats.phases().get(phase);
      all[at++] = total == null ? 0 : total.steps();
      all[at++] = total == null ? 0 : total.seconds();
    }
    all[at++] = stats.progress();
    all[at++] = stats.overhead();
    all[at] = stats.rateFactor();
    return all;
  }

  /** Of each arm: kind, length, strength, tries, kept, rejections, declined, advantage. */
  @HostAccess.Export
  public Object[][] arms(HybridTraining training) {
    List<ArmRecord> arms = training.trainer().stats().arms();
    return arms.stream()
        .map(
            a ->
                new Object[] {
                  a.arm().kind().name(),
                  a.arm().length(),
                  a.arm().strength(),
                  a.tries(),
                  a.kept(),
                  a.rejections(),
                  a.declined(),
                  a.advantage()
                })
        .toArray(Object[][]::new);
  }

  /** Of each kind and horizon: kind, steps, compared, forecast, last value, line. */
  @HostAccess.Export
  public Object[][] forecasts(HybridTraining training) {
    return training.trainer().stats().forecasts().stream()
        .map(
            e ->
                new Object[] {
                  e.kind().name(), e.steps(), e.compared(), e.forecast(), e.lastValue(), e.line()
                })
        .toArray(Object[][]::new);
  }

  /** A copy of all that decides how training goes on; with the weights of a model of Python's. */
  @HostAccess.Export
  public State state(HybridTraining training) {
    State state =
        new State(Map.of(), Map.of(SNAPSHOTS, (double) training.snapshots.last()))
            .plus(training.trainer().state().within(TRAINER))
            .plus(training.optimizer.state().within(OPTIMIZER));
    PassedGradients passed = training.passed;
    return (passed == null ? state : state.plus(weights(passed).within(WEIGHTS))).copy();
  }

  private static State weights(PassedGradients passed) {
    List<Tensor> values = passed.parameters().stream().map(p -> p.value()).toList();
    return new State(passed.shapes().named(values), Map.of());
  }

  /** Goes on from the tensors and numbers of a state. */
  @HostAccess.Export
  public void load(
      HybridTraining training,
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
    State state = new State(memory.tensors(tensorNames, shapes, tensors, sizes), values);
    PassedGradients passed = training.passed;
    List<Tensor> weights =
        passed == null ? List.of() : passed.shapes().from(state.part(WEIGHTS), "");
    training.optimizer.load(state.part(OPTIMIZER));
    training.trainer().load(state.part(TRAINER));
    training.snapshots.last(state.count(SNAPSHOTS));
    if (passed != null) {
      for (int i = 0; i < weights.size(); i++) {
        passed.parameters().get(i).value().copyFrom(weights.get(i));
      }
      passed.known();
    }
  }
}
