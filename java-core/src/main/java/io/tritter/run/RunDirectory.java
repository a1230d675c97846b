package io.tritter.run;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tritter.format.AtomicFile;
import io.tritter.hybrid.ForecastError;
import io.tritter.tensor.Check;
import io.tritter.train.EventFile;
import io.tritter.train.HeldOutLoss;
import io.tritter.train.LossPlot;
import io.tritter.train.MetricsLog;
import io.tritter.train.StepMetrics;
import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a run leaves on the disk: {@code checkpoints/}, {@code metrics.jsonl}, an event file of
 * TensorBoard for each part, {@code limits.json}, {@code loss.png}, {@code summary.json}, and at
 * its end {@code model/} or {@code adapter/}. One process at a time may use it.
 */
final class RunDirectory implements Closeable {
  static final String METRICS = "metrics.jsonl";
  static final String SUMMARY = "summary.json";
  static final String LIMITS = "limits.json";

  private final Path path;
  private final FileChannel lockFile;
  private final Checkpoints checkpoints;
  private @Nullable MetricsLog metrics;
  private @Nullable EventFile events;

  private RunDirectory(Path path, FileChannel lockFile, Checkpoints checkpoints) {
    this.path = path;
    this.lockFile = lockFile;
    this.checkpoints = checkpoints;
  }

  /** The directory of a run that begins. */
  static RunDirectory create(RunFile file) throws IOException {
    RunDirectory directory = open(file);
    if (directory.checkpoints.steps().isEmpty()) {
      return directory;
    }
    directory.close();
    throw Check.expected(
        "output",
        "a directory without checkpoints; `tritter resume` goes on with a run",
        file.output());
  }

  /** The directory of a run that begins or goes on. */
  @SuppressWarnings("MustBeClosedChecker") // closed by close(), or here on failure
  static RunDirectory open(RunFile file) throws IOException {
    Path path = Files.createDirectories(file.output());
    FileChannel lockFile =
        FileChannel.open(path.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try {
      lock(lockFile, path);
      return new RunDirectory(
          path, lockFile, new Checkpoints(path.resolve("checkpoints"), file.checkpoints()));
    } catch (IOException | RuntimeException e) {
      lockFile.close();
      throw e;
    }
  }

  /** Until the channel is closed or the process ends, however it ends. */
  private static void lock(FileChannel file, Path path) throws IOException {
    FileLock lock;
    try {
      lock = file.tryLock();
    } catch (OverlappingFileLockException e) {
      lock = null;
    }
    if (lock == null) {
      throw Check.expected("output", "a directory that no other run uses", path);
    }
  }

  Checkpoints checkpoints() {
    return checkpoints;
  }

  /**
   * Says what the run ends with, who runs it, and that it has not ended; opens the metrics, without
   * what they say of steps that were not saved and come again.
   */
  void openMetrics(long step, TrainingSettings limits) throws IOException {
    ObjectNode json = new ObjectMapper().createObjectNode();
    json.put("steps", limits.steps()).put("seconds", limits.seconds());
    json.put("process", ProcessHandle.current().pid());
    AtomicFile.write(path.resolve(LIMITS), json + "\n");
    Files.deleteIfExists(path.resolve(SUMMARY));
    Path file = path.resolve(METRICS);
    if (Files.exists(file)) {
      MetricsLog.Contents earlier = MetricsLog.read(file);
      Path shortened = path.resolve(METRICS + ".tmp");
      try (MetricsLog log = MetricsLog.create(shortened)) {
        for (StepMetrics m : earlier.steps()) {
          if (m.step() < step) {
            log.write(m);
          }
        }
        for (HeldOutLoss m : earlier.heldOut()) {
          if (m.step() <= step) {
            log.write(m);
          }
        }
      }
      Files.move(shortened, file, StandardCopyOption.ATOMIC_MOVE);
    }
    metrics = MetricsLog.append(file);
    events = EventFile.create(path, step);
  }

  /** Writes to the log and the event file. */
  void write(StepMetrics m) throws IOException {
    opened(metrics).write(m);
    opened(events).write(m);
  }

  /** Writes to the log and the event file. */
  void write(HeldOutLoss m) throws IOException {
    opened(metrics).write(m);
    opened(events).write(m);
  }

  private static <T> T opened(@Nullable T file) {
    if (file == null) {
      throw new IllegalStateException("metrics: expected openMetrics before");
    }
    return file;
  }

  /** Sums a run up: the plot, the summary and, where it is finished, the model. */
  RunSummary finish(
      Learner learner,
      RunState state,
      String end,
      boolean finished,
      List<ForecastError> forecasts,
      @Nullable Path tokenizer,
      RunListener listener)
      throws IOException {
    Path best = checkpoints.best();
    Path model = best == null ? path : learner.saved(best);
    if (finished && best != null) {
      model = learner.finish(best, path, tokenizer);
    }
    RunSummary summary =
        new RunSummary(
            state.step(),
            state.tokens(),
            state.seconds(),
            state.heldOutLoss(),
            state.bestLoss(),
            state.bestStep(),
            end,
            finished,
            forecasts,
            model);
    ObjectNode json = state.toJson().put("end", end).put("finished", finished);
    json.put("model", model.toString());
    if (!forecasts.isEmpty()) {
      json.set(ForecastErrors.NAME, ForecastErrors.toJson(forecasts));
    }
    AtomicFile.write(path.resolve(SUMMARY), new ObjectMapper().writeValueAsString(json) + "\n");
    try {
      MetricsLog.Contents all = MetricsLog.read(path.resolve(METRICS));
      if (!all.steps().isEmpty()) {
        LossPlot.write(path.resolve("loss.png"), path.getFileName().toString(), all, Map.of());
      }
    } catch (IOException | IllegalStateException e) {
      // The latter is the JDK's word for graphics in a JVM that a signal ends.
      listener.message("loss.png was not drawn: " + e.getMessage());
    }
    return summary;
  }

  @Override
  public void close() throws IOException {
    try (lockFile) {
      if (metrics != null) {
        metrics.close();
      }
      if (events != null) {
        events.close();
      }
    }
  }
}
