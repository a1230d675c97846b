package io.tritter.format;

import io.tritter.tensor.Check;
import io.tritter.tensor.Tensor;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * A safetensors file: eight bytes of header length, a JSON header, the tensors back to back.
 *
 * <p>An opened file is mapped, not read: tensors of any total size cost no heap, and their pages
 * come when they are touched. The header is checked in full before anything is handed out, by the
 * rules of the reference implementation (huggingface/safetensors 0.8) and one more: each dimension
 * fits an {@code int}.
 *
 * {@snippet :
 * Safetensors.write(path, Map.of("w", StoredTensor.of(w)), Map.of("format", "pt"));
 * try (Safetensors file = Safetensors.open(path)) {
 *   Tensor w = file.tensor("w");
 * }
 * }
 */
public final class Safetensors implements AutoCloseable {
  static final int LENGTH_BYTES = Long.BYTES;

  private static final ValueLayout.OfLong LENGTH =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final Arena arena;
  private final Path path;
  private final SafetensorsHeader header;
  private final MemorySegment tensors;

  /** Of the file, in bytes. */
  private final long size;

  private Safetensors(
      Arena arena, Path path, SafetensorsHeader header, MemorySegment tensors, long size) {
    this.arena = arena;
    this.path = path;
    this.header = header;
    this.tensors = tensors;
    this.size = size;
  }

  /**
   * Maps a file and checks its header.
   *
   * @throws FormatException if it is not a complete safetensors file
   * @throws IOException if it cannot be read
   */
  @SuppressWarnings("MustBeClosedChecker") // the arena is closed here on failure, else by close()
  public static Safetensors open(Path path) throws IOException {
    Arena arena = Arena.ofShared();
    try {
      return open(path, arena, FileChannel.MapMode.READ_ONLY);
    } catch (IOException | RuntimeException e) {
      arena.close();
      throw e;
    }
  }

  /**
   * Maps a file copy on write, so that a {@link #view} may be written to while the file stays as it
   * is. Java maps so only files that may be written; others are mapped to be read, and copied.
   *
   * @param arena of the mapping, of the caller's: {@link #close} is not for it
   */
  static Safetensors openPrivate(Path path, Arena arena) throws IOException {
    return Files.isWritable(path)
        ? open(path, arena, FileChannel.MapMode.PRIVATE, StandardOpenOption.WRITE)
        : open(path, arena, FileChannel.MapMode.READ_ONLY);
  }

  private static Safetensors open(
      Path path, Arena arena, FileChannel.MapMode mode, OpenOption... more) throws IOException {
    Set<OpenOption> options = new HashSet<>(List.of(more));
    options.add(StandardOpenOption.READ);
    try (FileChannel channel = FileChannel.open(path, options)) {
      long size = channel.size();
      if (size < LENGTH_BYTES) {
        throw new FormatException(
            path.toString(), 0, "expected at least " + LENGTH_BYTES + " bytes, got " + size);
      }
      MemorySegment file = channel.map(mode, 0, size, arena);
      long length = file.get(LENGTH, 0);
      long most = Math.min(SafetensorsHeader.MOST_BYTES, size - LENGTH_BYTES);
      if (length < 2 || length > most) {
        throw new FormatException(
            path.toString(),
            0,
            "expected a header length of 2 to %d, got %s"
                .formatted(most, Long.toUnsignedString(length)));
      }
      MemorySegment tensors = file.asSlice(LENGTH_BYTES + length);
      byte[] json = file.asSlice(LENGTH_BYTES, length).toArray(ValueLayout.JAVA_BYTE);
      SafetensorsHeader header = SafetensorsHeader.parse(path.toString(), json, tensors.byteSize());
      return new Safetensors(arena, path, header, tensors, size);
    }
  }

  /** Names of the tensors, in the order of the header. */
  public Set<String> names() {
    return header.tensors().keySet();
  }

  /** The strings of {@code __metadata__}; empty if the file has none. */
  public Map<String, String> metadata() {
    return header.metadata();
  }

  /**
   * The tensor of a name as the file holds it, without a copy; valid until {@link #close}.
   *
   * @throws IllegalArgumentException if there is none of that name
   */
  public StoredTensor get(String name) {
    SafetensorsHeader.Entry entry = entry(name);
    return StoredTensor.of(
        entry.dtype(),
        tensors.asSlice(entry.begin(), entry.end() - entry.begin()).asReadOnly(),
        entry.shape().stream().mapToInt(Integer::intValue).toArray());
  }

  private SafetensorsHeader.Entry entry(String name) {
    SafetensorsHeader.Entry entry = header.tensors().get(name);
    if (entry == null) {
      throw Check.expected("name", "one of the " + names().size() + " tensors of " + path, name);
    }
    return entry;
  }

  /** A float32 copy of the tensor of a name; see {@link StoredTensor#toTensor}. */
  public Tensor tensor(String name) {
    return get(name).toTensor();
  }

  /**
   * The tensor of a name as float32: the mapped memory itself where the file holds F32 and was
   * opened by {@link #openPrivate}, a copy otherwise.
   */
  Tensor view(String name) {
    StoredTensor stored = get(name);
    MemorySegment data = stored.data();
    boolean same =
        stored.dtype() == DType.F32
            && !tensors.isReadOnly()
            && ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN
            && data.address() % Float.BYTES == 0;
    if (!same) {
      return stored.toTensor();
    }
    return Tensor.wrap(bytes(name), stored.shape());
  }

  /**
   * The bytes of the tensor of a name, mapped: the address, not the mapped segment, because kernels
   * are compiled for one class of segments.
   */
  MemorySegment bytes(String name) {
    MemorySegment data = get(name).data();
    return MemorySegment.ofAddress(data.address()).reinterpret(data.byteSize(), arena, null);
  }

  /** The file, for errors. */
  String path() {
    return path.toString();
  }

  /** Where the tensor of a name begins in the file. */
  long offset(String name) {
    return size - tensors.byteSize() + entry(name).begin();
  }

  /** Unmaps the file; the memory of its {@link StoredTensor}s can no longer be read. */
  @Override
  public void close() {
    arena.close();
  }

  /**
   * Writes a file, the same bytes for the same content: tensors by element type, widest first, then
   * by name, as the reference implementation does; metadata by key.
   *
   * <p>It is written beside {@code path}, forced to the disk and renamed, so {@code path} holds
   * either what it held before or the whole new file.
   *
   * @throws IllegalArgumentException for the name {@code __metadata__} or a header that is too long
   */
  public static void write(
      Path path, Map<String, StoredTensor> tensors, Map<String, String> metadata)
      throws IOException {
    write(path, List.of(TensorPieces.of(tensors)), metadata);
  }

  /**
   * {@link #write(Path, Map, Map)} of tensors that are made one piece after the other, each of
   * which is on the disk before the next one is asked for.
   *
   * @throws IllegalArgumentException also for a content that has another layout than was said
   */
  public static void write(Path path, List<TensorPieces> pieces, Map<String, String> metadata)
      throws IOException {
    Map<String, TensorPieces.Layout> layouts = new LinkedHashMap<>();
    pieces.forEach(piece -> layouts.putAll(piece.layout()));
    SafetensorsHeader header = SafetensorsHeader.of(layouts, metadata);
    byte[] json = header.toBytes();
    MemorySegment length = Arena.ofAuto().allocate(LENGTH);
    length.set(LENGTH, 0, json.length);
    AtomicFile.write(
        path,
        out -> {
          out.write(length);
          out.write(MemorySegment.ofArray(json));
          for (TensorPieces piece : pieces) {
            Map<String, StoredTensor> tensors = piece.make();
            for (Map.Entry<String, TensorPieces.Layout> e : piece.layout().entrySet()) {
              StoredTensor tensor = tensors.get(e.getKey());
              if (tensor == null || !e.getValue().fits(tensor)) {
                throw Check.expected(e.getKey(), e.getValue().toString(), String.valueOf(tensor));
              }
              long begin = Objects.requireNonNull(header.tensors().get(e.getKey())).begin();
              out.writeAt(LENGTH_BYTES + json.length + begin, tensor.data());
            }
          }
        });
  }
}
