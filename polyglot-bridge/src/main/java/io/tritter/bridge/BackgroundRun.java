package io.tritter.bridge;

import io.tritter.run.RunFile;
import io.tritter.run.RunListener;
import io.tritter.run.RunSummary;
import io.tritter.run.TrainingRun;
import io.tritter.train.HeldOutLoss;
import io.tritter.train.StepMetrics;
import java.io.IOException;
import java.util.Locale;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;

/** A training run in a thread of its own, so that Python can show it and interrupt it. */
public final class BackgroundRun implements RunListener {
  private final FutureTask<RunSummary> task;
  private final ConcurrentLinkedQueue<String> messages = new ConcurrentLinkedQueue<>();
  private volatile boolean stopped;
  private volatile @Nullable StepMetrics last;
  private volatile double done;

  private BackgroundRun(RunFile file, boolean resume) throws IOException {
    TrainingRun run = resume ? TrainingRun.resume(file, this) : TrainingRun.start(file, this);
    task =
        new FutureTask<>(
            () -> {
              try (run) {
                return run.train(() -> stopped);
              }
            });
  }

  static BackgroundRun start(RunFile file, boolean resume) throws IOException {
    BackgroundRun run = new BackgroundRun(file, resume);
    Thread thread = new Thread(run.task, "training-run");
    thread.setDaemon(true);
    thread.start();
    return run;
  }

  @Override
  public void step(StepMetrics metrics, double done) {
    last = metrics;
    this.done = done;
  }

  @Override
  public void heldOut(HeldOutLoss loss) {
    messages.add(
        String.format(Locale.ROOT, "step %,d: held-out loss %.4f", loss.step(), loss.loss()));
  }

  @Override
  public void message(String line) {
    messages.add(line);
  }

  boolean running() {
    return !task.isDone();
  }

  void stop() {
    stopped = true;
  }

  String[] messages() {
    String[] taken = messages.toArray(String[]::new);
    for (int i = 0; i < taken.length; i++) {
      messages.remove();
    }
    return taken;
  }

  double[] progress() {
    StepMetrics m = last;
    if (m == null) {
      return new double[0];
    }
    double left = done > 0 ? m.seconds() / done - m.seconds() : Double.NaN;
    return new double[] {done, m.step() + 1, m.loss(), m.tokensPerSecond(), left};
  }

  String phase() {
    StepMetrics m = last;
    return m == null ? "FULL" : m.phase().name();
  }

  RunSummary summary() throws IOException {
    try {
      return task.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("training: interrupted while it was waited for", e);
    } catch (ExecutionException e) {
      Throwable cause = e.getCause();
      if (cause instanceof IOException io) {
        throw io;
      }
      if (cause instanceof RuntimeException fault) {
        throw fault;
      }
      throw new IllegalStateException("training: " + cause, cause);
    }
  }
}
