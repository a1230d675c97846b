package io.tritter.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TextCorpusTest {
  private static final int ALL = TextCorpus.MOST_BYTES;

  @TempDir Path dir;

  @Test
  void ofOneFileTheLastTwentiethIsHeldOutFromALineStartOn() throws IOException {
    String text = "0123456789abcde\n".repeat(100);
    Path file = write("a.txt", text);
    TextCorpus corpus = TextCorpus.read(file, ".py", ALL);
    assertEquals(text, string(corpus.training()) + string(corpus.heldOut()));
    assertEquals(80, corpus.heldOut().length);
    assertTrue(string(corpus.heldOut()).startsWith("0123"));
    assertEquals(1, corpus.files());

    write("b.txt", "x" + text);
    TextCorpus shifted = TextCorpus.read(dir.resolve("b.txt"), "", ALL);
    assertEquals(80, shifted.heldOut().length);
    assertTrue(string(shifted.heldOut()).startsWith("0123"));
  }

  @Test
  void withoutLinesTheLastTwentiethIsHeldOut() throws IOException {
    TextCorpus corpus = TextCorpus.read(write("a", "x".repeat(1001)), "", ALL);
    assertEquals(950, corpus.training().length);
    assertEquals(51, corpus.heldOut().length);
  }

  @Test
  void ofManyFilesEveryTwentiethIsHeldOutWhole() throws IOException {
    for (int i = 0; i < 60; i++) {
      write("d%d/f%02d.py".formatted(i % 2, i), "file %02d\n".formatted(i));
      write("d%d/f%02d.txt".formatted(i % 2, i), "other");
    }
    TextCorpus corpus = TextCorpus.read(dir, ".py", ALL);
    // d0 holds the even numbers, d1 the odd ones: number 10 is f20, 30 is f01, 50 is f41.
    assertEquals("file 20\nfile 01\nfile 41\n", string(corpus.heldOut()));
    assertEquals(57 * 8, corpus.training().length);
    assertTrue(string(corpus.training()).startsWith("file 00\nfile 02\n"));
    assertFalse(string(corpus.training()).contains("file 20"));
    assertEquals(60, corpus.files());
    assertArrayEquals(corpus.training(), TextCorpus.read(dir, ".py", ALL).training());
  }

  @Test
  void aCopyOfAFileIsNotHeldOutAgainstIt() throws IOException {
    for (int i = 0; i < 40; i++) {
      write("f%02d.py".formatted(i), "the very same\n");
    }
    write("z.py", "another\n");
    write("empty.py", "");
    TextCorpus corpus = TextCorpus.read(dir, ".py", ALL);
    assertEquals(2, corpus.files());
    assertEquals("the very same\nanother\n", string(corpus.training()) + string(corpus.heldOut()));
  }

  @Test
  void theLimitCutsTheFileThatPassesIt() throws IOException {
    for (int i = 0; i < 60; i++) {
      write("f%02d.py".formatted(i), "file %02d\n".formatted(i));
    }
    TextCorpus corpus = TextCorpus.read(dir, ".py", 30 * 8 + 4);
    assertEquals(31, corpus.files());
    assertEquals("file 10\nfile", string(corpus.heldOut()));
    assertEquals(29 * 8, corpus.training().length);
  }

  @Test
  void filesWithoutTextAreRefused() throws IOException {
    Path empty = write("empty.txt", "");
    Exception e =
        assertThrows(IllegalArgumentException.class, () -> TextCorpus.read(empty, "", ALL));
    assertEquals(
        empty
            + ": expected a text with at least 2 bytes to train on and 2 to hold out,"
            + " got 0 bytes in all",
        e.getMessage());
    Path tiny = write("tiny.txt", "abcdef");
    assertThrows(IllegalArgumentException.class, () -> TextCorpus.read(tiny, "", ALL));
    Exception none =
        assertThrows(IllegalArgumentException.class, () -> TextCorpus.read(dir, ".py", ALL));
    assertEquals(dir + ": expected files whose names end in .py, got none", none.getMessage());
    assertThrows(IllegalArgumentException.class, () -> TextCorpus.read(dir, ".txt", 0));
    assertThrows(NoSuchFileException.class, () -> TextCorpus.read(dir.resolve("missing"), "", ALL));
  }

  private Path write(String name, String text) throws IOException {
    Path file = dir.resolve(name);
    Files.createDirectories(dir.resolve(name).resolveSibling("."));
    return Files.writeString(file, text);
  }

  private static String string(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
