package io.tritter.format;

import io.tritter.tensor.Check;
import io.tritter.tensor.Tensor;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The tensors of a Hugging Face directory: {@code model.safetensors}, or the shards that {@code
 * model.safetensors.index.json} names.
 *
 * <p>The files are mapped, not read, copy on write: whatever is written to a tensor stays in
 * memory. A mapping goes when nobody refers to it or one of its tensors any more.
 */
public final class TensorDirectory {
  static final String SINGLE = "model.safetensors";
  static final String INDEX = "model.safetensors.index.json";
  private static final Pattern SHARD = Pattern.compile("model-\\d{5}-of-\\d{5}\\.safetensors");

  private final Path directory;
  private final Arena arena = Arena.ofAuto();

  /** The files by name, and the file of each tensor. */
  private final Map<String, Safetensors> files = new LinkedHashMap<>();

  private final Map<String, Safetensors> tensors = new LinkedHashMap<>();

  private TensorDirectory(Path directory) {
    this.directory = directory;
  }

  /**
   * Maps the files; the single one where both forms are there.
   *
   * @throws FormatException if a file is not what it should be, or a shard lacks a tensor that the
   *     index puts there
   * @throws IOException if a file is missing or cannot be read
   */
  public static TensorDirectory open(Path directory) throws IOException {
    TensorDirectory opened = new TensorDirectory(directory);
    Path index = directory.resolve(INDEX);
    if (Files.exists(directory.resolve(SINGLE)) || !Files.exists(index)) {
      Safetensors file = opened.open(SINGLE);
      file.names().forEach(name -> opened.tensors.put(name, file));
    } else {
      opened.openShards(index);
    }
    return opened;
  }

  private void openShards(Path index) throws IOException {
    for (Map.Entry<String, ShardIndex.Place> e : ShardIndex.read(index).entrySet()) {
      ShardIndex.Place place = e.getValue();
      Safetensors shard = open(place.file());
      if (!shard.names().contains(e.getKey())) {
        throw new FormatException(
            index.toString(),
            place.offset(),
            "expected tensor %s in %s, got none".formatted(e.getKey(), place.file()));
      }
      tensors.put(e.getKey(), shard);
    }
  }

  private Safetensors open(String name) throws IOException {
    Safetensors file = files.get(name);
    if (file == null) {
      file = Safetensors.openPrivate(directory.resolve(name), arena);
      files.put(name, file);
    }
    return file;
  }

  /** Names of all tensors. */
  public Set<String> names() {
    return Collections.unmodifiableSet(tensors.keySet());
  }

  /**
   * The tensor of a name as its file holds it.
   *
   * @throws IllegalArgumentException if there is none of that name
   */
  public StoredTensor get(String name) {
    return file(name).get(name);
  }

  /**
   * The tensor of a name as float32: the mapped memory itself where the file holds F32, else a
   * copy.
   *
   * @throws IllegalArgumentException if there is none of that name
   */
  public Tensor tensor(String name) {
    return file(name).view(name);
  }

  /**
   * The bytes of the tensor of a name: the mapped memory itself, not to be written to.
   *
   * @throws IllegalArgumentException if there is none of that name
   */
  public MemorySegment bytes(String name) {
    return file(name).bytes(name);
  }

  /**
   * What to throw for a tensor that is not as it should be: its file, and where it begins there.
   */
  public FormatException fault(String name, String message) {
    Safetensors file = tensors.get(name);
    return file == null
        ? new FormatException(directory.toString(), 0, name + ": " + message)
        : new FormatException(file.path(), file.offset(name), name + ": " + message);
  }

  private Safetensors file(String name) {
    Safetensors file = tensors.get(name);
    if (file == null) {
      throw Check.expected(
          "name", "one of the " + tensors.size() + " tensors of " + directory, name);
    }
    return file;
  }

  /**
   * Writes the tensors, in shards of at most so many bytes where they are more, and then removes
   * files of this kind that a former content left behind. Each file is written beside its place and
   * renamed, the index last.
   *
   * @param mostBytes of a file; a tensor alone may be larger
   */
  public static void write(
      Path directory,
      Map<String, StoredTensor> tensors,
      Map<String, String> metadata,
      long mostBytes)
      throws IOException {
    List<TensorPieces> pieces = new ArrayList<>();
    tensors.forEach((name, tensor) -> pieces.add(TensorPieces.of(Map.of(name, tensor))));
    write(directory, pieces, metadata, mostBytes);
  }

  /** {@link #write(Path, Map, Map, long)} of tensors that are made one piece after the other. */
  public static void write(
      Path directory, List<TensorPieces> pieces, Map<String, String> metadata, long mostBytes)
      throws IOException {
    List<List<TensorPieces>> shards = shards(pieces, mostBytes);
    Set<String> written = new HashSet<>();
    if (shards.size() == 1) {
      Safetensors.write(directory.resolve(SINGLE), shards.getFirst(), metadata);
      written.add(SINGLE);
    } else {
      Map<String, String> places = new LinkedHashMap<>();
      long size = 0;
      for (int i = 0; i < shards.size(); i++) {
        String name = "model-%05d-of-%05d.safetensors".formatted(i + 1, shards.size());
        Safetensors.write(directory.resolve(name), shards.get(i), metadata);
        for (TensorPieces piece : shards.get(i)) {
          piece.layout().keySet().forEach(tensor -> places.put(tensor, name));
          size += sizeBytes(piece);
        }
        written.add(name);
      }
      AtomicFile.write(directory.resolve(INDEX), ShardIndex.write(places, size));
      written.add(INDEX);
    }
    removeOthers(directory, written);
  }

  private static List<List<TensorPieces>> shards(List<TensorPieces> pieces, long mostBytes) {
    List<List<TensorPieces>> shards = new ArrayList<>();
    List<TensorPieces> shard = new ArrayList<>();
    shards.add(shard);
    long size = 0;
    for (TensorPieces piece : pieces) {
      long bytes = sizeBytes(piece);
      if (!shard.isEmpty() && size + bytes > mostBytes) {
        shard = new ArrayList<>();
        shards.add(shard);
        size = 0;
      }
      shard.add(piece);
      size += bytes;
    }
    return shards;
  }

  private static long sizeBytes(TensorPieces piece) {
    return piece.layout().values().stream().mapToLong(TensorPieces.Layout::sizeBytes).sum();
  }

  private static void removeOthers(Path directory, Set<String> written) throws IOException {
    try (DirectoryStream<Path> there = Files.newDirectoryStream(directory)) {
      for (Path path : there) {
        String name = path.getFileName().toString();
        boolean ours = name.equals(SINGLE) || name.equals(INDEX) || SHARD.matcher(name).matches();
        if (ours && !written.contains(name)) {
          Files.delete(path);
        }
      }
    }
  }
}
