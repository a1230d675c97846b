package io.tritter.run;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tritter.format.AtomicFile;
import io.tritter.format.FormatException;
import io.tritter.format.JsonFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;

/** Names, sizes and SHA-256 of the files of a directory, in a file among them. */
final class Manifest {
  private static final String FILE = "manifest.json";
  private static final ObjectMapper JSON = new ObjectMapper();

  private Manifest() {}

  /** Forces all files of a directory to the disk and writes the manifest. */
  static void write(Path directory) throws IOException {
    ObjectNode manifest = JSON.createObjectNode().put("version", 1);
    ObjectNode files = manifest.putObject("files");
    for (String name : names(directory)) {
      Path file = directory.resolve(name);
      force(file);
      files.putObject(name).put("bytes", Files.size(file)).put("sha256", sha256(file));
    }
    AtomicFile.write(directory.resolve(FILE), manifest.toPrettyString());
    try (Stream<Path> tree = Files.walk(directory)) {
      for (Path folder : tree.filter(Files::isDirectory).toList()) {
        forceFolder(folder);
      }
    }
  }

  /**
   * Compares a directory with its manifest.
   *
   * @throws FormatException for a file that is missing, of another size or of other bytes
   */
  static void check(Path directory) throws IOException {
    Path file = directory.resolve(FILE);
    JsonNode files = JsonFile.read(file).path("files");
    if (!files.isObject() || files.isEmpty()) {
      throw new FormatException(file.toString(), 0, "expected the object files, got none");
    }
    List<String> there = names(directory);
    for (var entry : files.properties()) {
      String name = entry.getKey();
      if (!there.contains(name)) {
        throw new FormatException(
            directory.resolve(name).toString(), 0, "expected a file, got none");
      }
      Path listed = directory.resolve(name);
      long bytes = entry.getValue().path("bytes").asLong(-1);
      if (Files.size(listed) != bytes) {
        throw new FormatException(
            listed.toString(), 0, "expected %d bytes, got %d".formatted(bytes, Files.size(listed)));
      }
      if (!sha256(listed).equals(entry.getValue().path("sha256").asText())) {
        throw new FormatException(
            listed.toString(), 0, "expected the bytes of the manifest, got others");
      }
    }
  }

  /** Makes the names in a folder outlive a loss of power, where the system can. */
  static void forceFolder(Path folder) {
    try {
      force(folder);
    } catch (IOException e) {
      // Windows opens no folders; its renames are in the journal.
    }
  }

  private static void force(Path path) throws IOException {
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  /** The files below a directory but the manifest, with slashes, in order. */
  private static List<String> names(Path directory) throws IOException {
    TreeSet<String> names = new TreeSet<>();
    try (Stream<Path> tree = Files.walk(directory)) {
      tree.filter(Files::isRegularFile)
          .map(file -> directory.relativize(file).toString().replace('\\', '/'))
          .filter(name -> !name.equals(FILE))
          .forEach(names::add);
    }
    return List.copyOf(names);
  }

  private static String sha256(Path file) throws IOException {
    MessageDigest digest;
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // every JVM has it
    }
    byte[] buffer = new byte[1 << 16];
    try (InputStream in = Files.newInputStream(file)) {
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        digest.update(ByteBuffer.wrap(buffer, 0, n));
      }
    }
    return HexFormat.of().formatHex(digest.digest());
  }
}
