package io.tritter.bridge;

import io.tritter.run.RunFile;
import io.tritter.run.RunSummary;
import io.tritter.run.RunTemplate;
import java.io.IOException;
import java.util.List;
import org.graalvm.polyglot.HostAccess;

/** Training runs that a YAML file describes, under way in a thread of their own. */
public final class TrainingCalls {
  private final FileAccess files;

  TrainingCalls(FileAccess files) {
    this.files = files;
  }

  /** The text of a run file to begin with. */
  @HostAccess.Export
  public String template(String name) throws IOException {
    return RunTemplate.text(name);
  }

  /** Says what a run file would train, or why it would not. */
  @HostAccess.Export
  public String describe(String path, String[] settings) throws IOException {
    return RunFile.read(files.path(path), List.of(settings)).describe();
  }

  /** Starts a run, or goes on with it. */
  @HostAccess.Export
  public BackgroundRun start(String path, String[] settings, boolean resume) throws IOException {
    return BackgroundRun.start(RunFile.read(files.path(path), List.of(settings)), resume);
  }

  /** What is new since the last call. */
  @HostAccess.Export
  public String[] messages(BackgroundRun run) {
    return run.messages();
  }

  @HostAccess.Export
  public boolean running(BackgroundRun run) {
    return run.running();
  }

  /** Share done, step, loss, tokens a second, seconds left; empty before the first step. */
  @HostAccess.Export
  public double[] progress(BackgroundRun run) {
    return run.progress();
  }

  @HostAccess.Export
  public String phase(BackgroundRun run) {
    return run.phase();
  }

  /** Asks a run to save and end. */
  @HostAccess.Export
  public void stop(BackgroundRun run) {
    run.stop();
  }

  /** Waits for the end: steps, tokens, seconds, losses, and whether it reached a limit. */
  @HostAccess.Export
  public double[] summary(BackgroundRun run) throws IOException {
    RunSummary s = run.summary();
    return new double[] {
      s.steps(),
      s.tokens(),
      s.seconds(),
      s.heldOutLoss(),
      s.bestLoss(),
      s.bestStep(),
      s.finished() ? 1 : 0
    };
  }

  /** Why it ended, and where the model is. */
  @HostAccess.Export
  public String[] outcome(BackgroundRun run) throws IOException {
    RunSummary s = run.summary();
    return new String[] {s.end(), s.model().toString()};
  }
}
