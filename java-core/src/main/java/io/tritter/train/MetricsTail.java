package io.tritter.train;

import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A log that another process writes: reads what is new, and all of it where it was replaced. */
public final class MetricsTail {
  /** Read at a time; a whole line is far shorter. */
  private static final int MOST_BYTES = 1 << 24;

  private final Path path;
  private final List<StepMetrics> steps = new ArrayList<>();
  private final List<HeldOutLoss> heldOut = new ArrayList<>();
  private @Nullable Object file;
  private long read;

  /** A log that may not be there yet. */
  public MetricsTail(Path path) {
    this.path = path;
  }

  /**
   * Reads the whole lines that were added since the last call.
   *
   * @return whether there were any, or the file is another one
   * @throws io.tritter.format.FormatException for a line that is none of a log
   */
  public boolean poll() throws IOException {
    boolean changed = false;
    try {
      BasicFileAttributes now = Files.readAttributes(path, BasicFileAttributes.class);
      Object key = now.fileKey();
      if (now.size() < read || (file != null && !file.equals(key))) {
        steps.clear();
        heldOut.clear();
        read = 0;
        changed = true;
      }
      file = key;
      while (readMore()) {
        changed = true;
      }
    } catch (NoSuchFileException e) {
      return changed; // the run has not begun, or the log is being replaced
    }
    return changed;
  }

  private boolean readMore() throws IOException {
    byte[] bytes;
    try (FileChannel channel = FileChannel.open(path);
        InputStream in = Channels.newInputStream(channel.position(read))) {
      bytes = in.readNBytes(MOST_BYTES);
    }
    int end = MetricsReader.endOfLastLine(bytes);
    if (end == 0) {
      return false;
    }
    MetricsLog.Contents more = new MetricsReader(path.toString(), bytes, read).read();
    steps.addAll(more.steps());
    heldOut.addAll(more.heldOut());
    read += end;
    return true;
  }

  /** All that was read. */
  public MetricsLog.Contents contents() {
    return new MetricsLog.Contents(steps, heldOut);
  }
}
