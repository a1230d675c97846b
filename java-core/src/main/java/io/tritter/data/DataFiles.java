package io.tritter.data;

import io.tritter.tensor.Check;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The files that a path, a folder or a pattern stands for, in the order of their names. */
final class DataFiles {
  private static final String PATTERN_CHARACTERS = "*?[{";

  private DataFiles() {}

  /**
   * A file; the files of known kinds below a folder; or the files that a pattern matches, in which
   * {@code *} and <code>?</code> stay within a name and {@code **} passes through folders. Names
   * that begin with a dot are left out of folders and patterns.
   *
   * @throws IllegalArgumentException for a folder or pattern without files, and a folder that has
   *     several kinds of them
   * @throws NoSuchFileException for a path that is none of these
   */
  static List<Path> find(String path) throws IOException {
    if (isPattern(path) && !exists(path)) {
      return matching(path);
    }
    Path place = Path.of(path);
    if (!Files.isDirectory(place)) {
      if (!Files.exists(place)) {
        throw new NoSuchFileException(path);
      }
      return List.of(place);
    }
    List<Path> files = below(place, file -> !hidden(file) && RowKind.bySuffix(file) != null);
    Set<RowKind> kinds = EnumSet.noneOf(RowKind.class);
    for (Path file : files) {
      @Nullable RowKind kind = RowKind.bySuffix(file);
      if (kind != null) {
        kinds.add(kind);
      }
    }
    if (kinds.size() > 1) {
      throw Check.expected(
          path, "files of one kind; a pattern such as " + path + "/**/*.jsonl names some", kinds);
    }
    return some(path, files);
  }

  /** Files at any depth of a folder whose relative paths are accepted. */
  static List<Path> below(Path folder, Predicate<Path> accepted) throws IOException {
    try (Stream<Path> tree = Files.walk(folder)) {
      return tree.filter(file -> !file.equals(folder))
          .filter(file -> accepted.test(folder.relativize(file)))
          .filter(Files::isRegularFile)
          .sorted(Comparator.comparing(file -> slashes(folder.relativize(file))))
          .toList();
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private static List<Path> matching(String pattern) throws IOException {
    int special = 0;
    while (PATTERN_CHARACTERS.indexOf(pattern.charAt(special)) < 0) {
      special++;
    }
    int slash = pattern.lastIndexOf('/', special);
    Path folder = Path.of(slash < 0 ? "." : pattern.substring(0, slash + 1));
    if (!Files.isDirectory(folder)) {
      throw new NoSuchFileException(folder.toString());
    }
    String rest = pattern.substring(slash + 1);
    // In Java's patterns **/ is one folder at least; here it may be none, as in a shell.
    String glob = rest.contains("{") ? rest : rest.replace("**/", "{**/,}");
    PathMatcher matcher = FileSystems.getDefault().getPathMatcher("glob:" + glob);
    return some(pattern, below(folder, file -> !hidden(file) && matcher.matches(file)));
  }

  private static List<Path> some(String path, List<Path> files) {
    if (files.isEmpty()) {
      throw Check.expected(path, "files such as *.jsonl, *.json, *.parquet or *.txt", "none");
    }
    return files;
  }

  private static boolean hidden(Path relative) {
    for (Path part : relative) {
      if (part.toString().startsWith(".")) {
        return true;
      }
    }
    return false;
  }

  private static boolean isPattern(String path) {
    return path.chars().anyMatch(c -> PATTERN_CHARACTERS.indexOf(c) >= 0);
  }

  /** Whether a path with characters of patterns is the name of a file all the same. */
  private static boolean exists(String path) {
    try {
      return Files.exists(Path.of(path));
    } catch (InvalidPathException e) {
      return false; // Windows has no such names
    }
  }

  /** The same order on every system. */
  private static String slashes(Path path) {
    return path.toString().replace('\\', '/');
  }
}
