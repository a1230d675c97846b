package io.tritter.run;

import io.tritter.train.MetricsTail;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Looks at a run of another process again and again, and reads what is new. */
public final class RunFollower {
  private final Path directory;
  private final MetricsTail metrics;
  private boolean ended;

  /**
   * A run that has begun, or will.
   *
   * @throws NoSuchFileException if its directory is not there
   */
  public RunFollower(Path directory) throws IOException {
    if (!Files.isDirectory(directory)) {
      throw new NoSuchFileException(directory.toString());
    }
    this.directory = directory;
    this.metrics = new MetricsTail(directory.resolve(RunDirectory.METRICS));
  }

  /** Looks; true if anything has changed. */
  public boolean poll() throws IOException {
    boolean before = ended;
    ended = Files.exists(directory.resolve(RunDirectory.SUMMARY));
    boolean more = metrics.poll();
    return more || ended != before;
  }

  /** The run as it was when it was looked at. */
  public RunStatus status() throws IOException {
    return RunStatus.of(directory, metrics.contents());
  }
}
