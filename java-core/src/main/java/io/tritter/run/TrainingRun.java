package io.tritter.run;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tritter.data.Batch;
import io.tritter.data.DataSettings;
import io.tritter.data.DataStream;
import io.tritter.format.FormatException;
import io.tritter.model.Transformer;
import io.tritter.train.Alerts;
import io.tritter.train.HeldOutLoss;
import io.tritter.train.StepMetrics;
import java.io.IOException;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * A training run from its first step or from its last checkpoint on.
 *
 * <p>Two runs of the same file and seed give the same bits, in one go or in parts: a checkpoint
 * holds the weights, the optimizer, the phases and the place in the data. Only a limit in seconds
 * depends on the machine.
 *
 * {@snippet :
 * RunFile file = RunFile.read(Path.of("run.yaml"), List.of());
 * try (TrainingRun run = TrainingRun.start(file, RunListener.NONE)) {
 *   RunSummary summary = run.train(() -> false);
 * }
 * }
 */
public final class TrainingRun implements AutoCloseable {
  private final RunFile file;
  private final RunListener listener;
  private final RunDirectory directory;
  private final RunTokenizer tokenizer;
  private final Learner learner;
  private final TrainingStep training;
  private final DataStream<Batch> data;
  private final Alerts alerts = new Alerts();
  private RunState state = RunState.START;

  /** Step of the newest checkpoint, -1 before the first. */
  private long saved = -1;

  private TrainingRun(RunFile file, RunListener listener, RunDirectory directory)
      throws IOException {
    this.file = file;
    this.listener = listener;
    this.directory = directory;
    Checkpoint checkpoint = directory.checkpoints().latest(listener::message);
    tokenizer = RunTokenizer.of(file);
    learner =
        Learner.open(
            file, tokenizer.tokenizer(), checkpoint == null ? null : checkpoint.directory());
    learner.training(true);
    checkContext(file.data());
    RunCheck.heldOut(file, tokenizer.tokenizer());
    data = file.data().open(tokenizer.tokenizer(), listener::message);
    training =
        new TrainingStep(
            learner,
            file.training(),
            TrainingStep.Cheap.of(file, tokenizer.tokenizer(), data, learner));
    if (checkpoint != null) {
      state = RunState.of(checkpoint.directory().toString(), checkpoint.numbers());
      training.load(checkpoint.state());
      data.restore(checkpoint.data());
      saved = state.step();
    }
    directory.openMetrics(state.step(), file.training());
  }

  /**
   * A run from its beginning.
   *
   * @throws IllegalArgumentException if its output already has checkpoints
   */
  public static TrainingRun start(RunFile file, RunListener listener) throws IOException {
    return open(file, listener, RunDirectory.create(file));
  }

  /**
   * Goes on from the newest checkpoint that is whole, or from the beginning if there is none.
   *
   * @param file that of the run, perhaps with other limits
   */
  public static TrainingRun resume(RunFile file, RunListener listener) throws IOException {
    return open(file, listener, RunDirectory.open(file));
  }

  @SuppressWarnings("MustBeClosedChecker") // closed by close(), or here on failure
  private static TrainingRun open(RunFile file, RunListener listener, RunDirectory directory)
      throws IOException {
    try {
      return new TrainingRun(file, listener, directory);
    } catch (IOException | RuntimeException e) {
      directory.close();
      throw e;
    }
  }

  /** The model as it is now. */
  public Transformer model() {
    return learner.model();
  }

  /**
   * Trains to the limits of the file, or until asked to stop; then measures, saves and sums up.
   *
   * @param stop looked at between two steps
   * @throws FormatException for data that is not what the file says
   * @throws IOException if something cannot be read or written, as on a full disk; the last
   *     checkpoint is as it was
   */
  public RunSummary train(BooleanSupplier stop) throws IOException {
    double before = state.seconds();
    long began = System.nanoTime();
    String end = "";
    while (end.isEmpty()) {
      end = stop.getAsBoolean() ? "stopped" : limit();
      if (!end.isEmpty()) {
        break;
      }
      boolean reads = training.needsBatches();
      List<Batch> batches =
          reads ? TrainingStep.next(data, file.training().accumulate()) : List.of();
      if (reads && batches.isEmpty()) {
        end = "end of the data";
        break;
      }
      long stepBegan = System.nanoTime();
      StepMetrics metrics = training.step(state.step(), batches);
      double seconds = before + (System.nanoTime() - began) / 1e9;
      state = state.afterStep(metrics.tokens(), seconds);
      report(metrics, (System.nanoTime() - stepBegan) / 1e9);
      if (due(file.evaluation().every()) && evaluate(before, began)) {
        end = "no better loss in " + file.evaluation().patience() + " evaluations";
      }
      if (due(file.checkpoints().every()) || (state.judged() && state.sinceBest() == 0)) {
        save();
      }
    }
    boolean finished = !end.equals("stopped");
    if (finished && !state.judged()) {
      evaluate(before, began);
    }
    save();
    return directory.finish(
        learner, state, end, finished, training.forecasts(), tokenizer.file(), listener);
  }

  private String limit() {
    TrainingSettings limits = file.training();
    if (limits.steps() > 0 && state.step() >= limits.steps()) {
      return "all steps";
    }
    return limits.seconds() > 0 && state.seconds() >= limits.seconds() ? "all seconds" : "";
  }

  /** The batches of a step, fewer or none at the end of the data. */
  private void report(StepMetrics metrics, double stepSeconds) throws IOException {
    StepMetrics whole = metrics.inRun(state.tokens(), state.seconds(), stepSeconds);
    directory.write(whole);
    if (Double.isFinite(whole.loss())) {
      alerts.of(whole).forEach(listener::message);
    }
    listener.step(whole, done());
  }

  private double done() {
    TrainingSettings limits = file.training();
    double bySteps = limits.steps() > 0 ? (double) state.step() / limits.steps() : 0;
    double byTime = limits.seconds() > 0 ? state.seconds() / limits.seconds() : 0;
    return Math.min(1, Math.max(bySteps, byTime));
  }

  private boolean due(long every) {
    return every > 0 && state.step() % every == 0;
  }

  /** Measures the held-out loss; true if there was no new best for too long. */
  private boolean evaluate(double before, long began) throws IOException {
    DataSettings held = file.heldOut();
    if (held == null) {
      return false;
    }
    learner.training(false);
    double loss =
        Evaluation.of(model(), tokenizer.tokenizer(), held, file.evaluation().batches()).loss();
    learner.training(true);
    state = state.afterEvaluation(loss, before + (System.nanoTime() - began) / 1e9);
    HeldOutLoss measured = new HeldOutLoss(state.step(), loss, state.seconds());
    directory.write(measured);
    listener.heldOut(measured);
    return file.evaluation().patience() > 0 && state.sinceBest() >= file.evaluation().patience();
  }

  private void save() throws IOException {
    if (saved == state.step()) {
      return;
    }
    ObjectNode place = data.state();
    directory
        .checkpoints()
        .add(
            state.step(),
            state.judged() ? state.heldOutLoss() : Double.NaN,
            to ->
                Checkpoint.write(
                    to, learner, tokenizer.file(), training.state(), state.toJson(), place));
    saved = state.step();
    listener.checkpoint(directory.checkpoints().place(saved));
  }

  private void checkContext(DataSettings settings) {
    if (settings.context() > model().config().context()) {
      throw new IllegalArgumentException(
          "data.context: expected at most the model's %d, got %d"
              .formatted(model().config().context(), settings.context()));
    }
  }

  @Override
  public void close() throws IOException {
    try (directory;
        data) {
      // both, whatever the other does
    }
  }
}
