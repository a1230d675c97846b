package io.tritter.run;

import io.tritter.data.Batch;
import io.tritter.data.DataSettings;
import io.tritter.data.DataStream;
import io.tritter.hybrid.Phase;
import io.tritter.tensor.Check;
import io.tritter.train.StepMetrics;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * A training that is taken a while at a time and leaves nothing on the disk, for comparisons: what
 * a run file says, with its own clock, which stands still between two whiles and while the held-out
 * loss is measured. A file with {@code accumulate} of 1 is expected.
 */
public final class Trial implements AutoCloseable {
  private final RunFile file;
  private final DataSettings heldOut;
  private final RunTokenizer tokenizer;
  private final Learner learner;
  private final DataStream<Batch> data;
  private final TrainingStep training;
  private final int looks;
  private final List<Look> curve = new ArrayList<>();
  private final List<Stretch> phases = new ArrayList<>();
  private long step;
  private double seconds;

  /** A held-out loss, after so many steps and seconds of training. */
  public record Look(long step, double seconds, double loss) {}

  /** Steps of one phase in a row, from a time on until another. */
  public record Stretch(Phase phase, double from, double to) {}

  /**
   * A training before its first step.
   *
   * @param looks measurements of the held-out loss, evenly over the steps
   * @throws IllegalArgumentException for a file without a number of steps or held-out data
   */
  public Trial(RunFile file, int looks) throws IOException {
    DataSettings held = file.heldOut();
    if (held == null || file.training().steps() == 0) {
      throw Check.expected("run file", "held-out data and a number of steps", file.training());
    }
    this.file = file;
    this.heldOut = held;
    this.looks = Check.atLeast("looks", looks, 1);
    Check.inRange("accumulate", file.training().accumulate(), 1, 1);
    tokenizer = RunTokenizer.of(file);
    learner = Learner.open(file, tokenizer.tokenizer(), null);
    learner.training(true);
    data = file.data().open(tokenizer.tokenizer(), line -> {});
    training =
        new TrainingStep(
            learner,
            file.training(),
            TrainingStep.Cheap.of(file, tokenizer.tokenizer(), data, learner));
  }

  /** Steps taken. */
  public long step() {
    return step;
  }

  /** Seconds of training. */
  public double seconds() {
    return seconds;
  }

  /** Whether all steps are taken. */
  public boolean done() {
    return step >= file.training().steps();
  }

  /** The held-out losses so far. */
  public List<Look> curve() {
    return Collections.unmodifiableList(curve);
  }

  /** The phases so far. */
  public List<Stretch> phases() {
    return Collections.unmodifiableList(phases);
  }

  /**
   * Trains for about so many seconds, a step at least, or to the end; not after it.
   *
   * @throws IllegalArgumentException where the data end before the steps
   */
  public void advance(double most) throws IOException {
    if (done()) {
      return;
    }
    double until = seconds + most;
    do {
      takeStep();
    } while (!done() && seconds < until);
  }

  private void takeStep() throws IOException {
    long began = System.nanoTime();
    List<Batch> batches = List.of();
    if (training.needsBatches()) {
      Batch batch = data.next();
      if (batch == null) {
        throw Check.expected("data", "enough for all steps", "an end after " + step);
      }
      batches = List.of(batch);
    }
    StepMetrics metrics = training.step(step, batches);
    double before = seconds;
    seconds += (System.nanoTime() - began) / 1e9;
    step++;
    Stretch last = phases.isEmpty() ? null : phases.getLast();
    if (last != null && last.phase() == metrics.phase()) {
      phases.set(phases.size() - 1, new Stretch(last.phase(), last.from(), seconds));
    } else {
      phases.add(new Stretch(metrics.phase(), before, seconds));
    }
    long steps = file.training().steps();
    if (step * looks / steps > (step - 1) * looks / steps) {
      look();
    }
  }

  private void look() throws IOException {
    learner.training(false);
    int batches = file.evaluation().batches();
    double loss = Evaluation.of(learner.model(), tokenizer.tokenizer(), heldOut, batches).loss();
    learner.training(true);
    curve.add(new Look(step, seconds, loss));
  }

  @Override
  public void close() throws IOException {
    data.close();
  }
}
