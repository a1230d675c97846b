package io.tritter.format;

import io.tritter.tensor.Check;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;

/**
 * A GGUF file, as ggml and llama.cpp read it: metadata, then tensors, little-endian.
 *
 * <p>An opened file is mapped, not read, and its head is checked in full before anything is handed
 * out: versions 2 and 3, the tensor types of {@link GgufType}, tensors back to back.
 *
 * {@snippet :
 * Gguf.write(path, Map.of("general.architecture", GgufValue.string("llama")),
 *     Map.of("output.weight", GgufTensor.of(GgufType.F16, weight)));
 * try (Gguf file = Gguf.open(path)) {
 *   Tensor w = file.get("output.weight").toTensor();
 * }
 * }
 *
 * <p>Source: the GGUF specification, ggml/docs/gguf.md.
 */
public final class Gguf implements AutoCloseable {
  private final Arena arena;
  private final Path path;
  private final GgufReader.Head head;

  private Gguf(Arena arena, Path path, GgufReader.Head head) {
    this.arena = arena;
    this.path = path;
    this.head = head;
  }

  /**
   * Maps a file and checks its head.
   *
   * @throws FormatException if it is not a complete GGUF file of known types
   * @throws IOException if it cannot be read
   */
  @SuppressWarnings("MustBeClosedChecker") // the arena is closed here on failure, else by close()
  public static Gguf open(Path path) throws IOException {
    if (Files.isDirectory(path)) {
      throw new FormatException(path.toString(), 0, "expected a file, got a directory");
    }
    Arena arena = Arena.ofShared();
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      MemorySegment file = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
      return new Gguf(arena, path, new GgufReader(path.toString(), file).read());
    } catch (IOException | RuntimeException e) {
      arena.close();
      throw e;
    }
  }

  /** The metadata, in the order of the file. */
  public Map<String, GgufValue> metadata() {
    return head.metadata();
  }

  /** The tensors, in the order of the file; views of it, valid until {@link #close}. */
  public Map<String, GgufTensor> tensors() {
    return head.tensors();
  }

  /**
   * The tensor of a name.
   *
   * @throws IllegalArgumentException if there is none of that name
   */
  public GgufTensor get(String name) {
    GgufTensor tensor = head.tensors().get(name);
    if (tensor == null) {
      throw Check.expected(
          "name", "one of the " + head.tensors().size() + " tensors of " + path, name);
    }
    return tensor;
  }

  /** Unmaps the file; the memory of its tensors can no longer be read. */
  @Override
  public void close() {
    arena.close();
  }

  /**
   * Writes a file of version 3 in the order of the maps, beside {@code path} and renamed. Tensors
   * are encoded while they are written: the file may be larger than the memory.
   */
  public static void write(
      Path path, Map<String, GgufValue> metadata, Map<String, GgufTensor> tensors)
      throws IOException {
    MemorySegment head = GgufHead.bytes(metadata, tensors);
    int alignment = GgufHead.alignment(metadata);
    MemorySegment padding = MemorySegment.ofArray(new byte[alignment]);
    AtomicFile.write(
        path,
        sink -> {
          sink.write(head);
          for (GgufTensor tensor : tensors.values()) {
            tensor.writeTo(sink);
            long size = tensor.sizeBytes();
            sink.write(padding.asSlice(0, GgufReader.align(size, alignment) - size));
          }
        });
  }
}
