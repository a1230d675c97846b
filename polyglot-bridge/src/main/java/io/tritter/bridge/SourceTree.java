package io.tritter.bridge;

import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The folder that holds {@code python/} and {@code examples/}: above the jar or the classes. */
final class SourceTree {
  private static final String PACKAGE = "python/src/tritter_accel/__init__.py";

  private SourceTree() {}

  static Path root() {
    Path start = codeSource();
    for (Path folder = start; folder != null; folder = folder.getParent()) {
      if (Files.isRegularFile(folder.resolve(PACKAGE))) {
        return folder;
      }
    }
    throw new IllegalStateException(
        "tritter: expected a folder with %s above %s, got none".formatted(PACKAGE, start));
  }

  private static Path codeSource() {
    try {
      return Path.of(SourceTree.class.getProtectionDomain().getCodeSource().getLocation().toURI())
          .toAbsolutePath();
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }
}
