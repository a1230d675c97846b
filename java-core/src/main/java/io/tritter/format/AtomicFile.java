package io.tritter.format;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.atomic.AtomicLong;

/** Replaces a file by a rename, so that whoever looks finds the old content or all of the new. */
public final class AtomicFile {
  /** Below the 2 GB that a ByteBuffer can view. */
  private static final long STEP = 1L << 30;

  private static final AtomicLong COUNTER = new AtomicLong();

  private AtomicFile() {}

  /** Takes the bytes of the new content. */
  public interface Sink {
    /** Bytes that follow those of the last call. */
    void write(MemorySegment bytes) throws IOException;

    /** Bytes from a place in the file on; what is behind them follows them. */
    void writeAt(long place, MemorySegment bytes) throws IOException;
  }

  /** Produces the new content. */
  public interface Content {
    void writeTo(Sink sink) throws IOException;
  }

  /**
   * Writes a neighbour of {@code path}, forces it to the disk and renames it.
   *
   * @throws FileSystemException with the path, or its folder if that is not there, where the system
   *     refuses
   */
  public static void write(Path path, Content content) throws IOException {
    Path folder = path.toAbsolutePath().getParent();
    if (folder == null || Files.isDirectory(path)) {
      throw new FileSystemException(path.toString(), null, "expected a file, got a directory");
    }
    if (!Files.exists(folder)) {
      throw new NoSuchFileException(String.valueOf(path.getParent()));
    }
    Path neighbour =
        path.resolveSibling(
            ".tritter-%d-%d.tmp"
                .formatted(ProcessHandle.current().pid(), COUNTER.incrementAndGet()));
    try {
      try (FileChannel channel =
          FileChannel.open(neighbour, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
        ChannelSink sink = new ChannelSink(path, channel);
        content.writeTo(sink);
        sink.force();
      }
      Files.move(
          neighbour, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(neighbour);
    }
  }

  /** Writes a text in UTF-8. */
  public static void write(Path path, String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    write(path, sink -> sink.write(MemorySegment.ofArray(bytes)));
  }

  /**
   * A failure to write, such as that of a full disk, with the name of the file: the JDK leaves it
   * out once the file is open.
   */
  public static IOException named(Path path, IOException e) {
    return e instanceof FileSystemException
        ? e
        : (IOException) new FileSystemException(path.toString(), null, e.getMessage()).initCause(e);
  }

  private record ChannelSink(Path path, FileChannel channel) implements Sink {
    private interface Action {
      void run() throws IOException;
    }

    private void named(Action action) throws IOException {
      try {
        action.run();
      } catch (IOException e) {
        throw AtomicFile.named(path, e);
      }
    }

    @Override
    public void write(MemorySegment bytes) throws IOException {
      named(
          () -> {
            for (long at = 0; at < bytes.byteSize(); at += STEP) {
              long size = Math.min(STEP, bytes.byteSize() - at);
              ByteBuffer part = bytes.asSlice(at, size).asByteBuffer();
              while (part.hasRemaining()) {
                channel.write(part);
              }
            }
          });
    }

    @Override
    public void writeAt(long place, MemorySegment bytes) throws IOException {
      named(() -> channel.position(place));
      write(bytes);
    }

    void force() throws IOException {
      named(() -> channel.force(true));
    }
  }
}
