package io.tritter.format;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AtomicFileTest {
  private static final MemorySegment BYTES = MemorySegment.ofArray(new byte[] {1, 2, 3});

  @TempDir private Path folder;

  /** No disk has this place, so the system refuses it as it refuses any byte on a full one. */
  @Test
  void aWriteThatFailsNamesTheFileAndLeavesTheOldOne() throws IOException {
    Path file = Files.writeString(folder.resolve("weights"), "old");
    FileSystemException e =
        assertThrows(
            FileSystemException.class,
            () -> AtomicFile.write(file, sink -> sink.writeAt(Long.MAX_VALUE - 3, BYTES)));
    assertEquals(file.toString(), e.getFile());
    assertTrue(String.valueOf(e.getMessage()).startsWith(file + ": "), e.getMessage());
    assertEquals("old", Files.readString(file));
    try (Stream<Path> files = Files.list(folder)) {
      assertEquals(1, files.count());
    }
  }

  @Test
  void anErrorOfTheContentStaysAsItIs() {
    IOException wanted = new FormatException("source", 3, "expected a shard, got none");
    IOException got =
        assertThrows(
            IOException.class,
            () ->
                AtomicFile.write(
                    folder.resolve("weights"),
                    sink -> {
                      throw wanted;
                    }));
    assertEquals(wanted, got);
  }
}
