package io.tritter.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Files are many times larger than the memory that they are read in. */
class ConstantMemoryTest {
  @Test
  void filesOf96MegabytesAreReadInAHeapOf32() throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx32m",
                "-XX:MaxDirectMemorySize=16m",
                "-cp",
                System.getProperty("java.class.path"),
                Reading.class.getName())
            .redirectErrorStream(true)
            .start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), said);
  }

  /** Reads a file of each kind once, shuffled, packed and ahead. */
  static final class Reading {
    private static final long BYTES = 96L << 20;

    private Reading() {}

    public static void main(String[] args) throws IOException {
      Path file = Files.createTempFile("tritter-data", "");
      try {
        for (RowKind kind : List.of(RowKind.JSON_LINES, RowKind.JSON, RowKind.TEXT)) {
          write(file, kind);
          Path named = file.resolveSibling(file.getFileName() + suffix(kind));
          Files.move(file, named);
          try {
            long ids = read(named);
            assertTrue(ids > BYTES * 9 / 10, kind + ": " + ids + " of " + BYTES);
          } finally {
            Files.delete(named);
          }
        }
      } finally {
        Files.deleteIfExists(file);
      }
    }

    private static String suffix(RowKind kind) {
      return switch (kind) {
        case JSON_LINES -> ".jsonl";
        case JSON -> ".json";
        case PARQUET -> ".parquet";
        case TEXT -> ".txt";
      };
    }

    private static void write(Path file, RowKind kind) throws IOException {
      boolean json = kind != RowKind.TEXT;
      Random random = new Random(1);
      try (Writer out = Files.newBufferedWriter(file)) {
        out.write(kind == RowKind.JSON ? "[" : "");
        for (long written = 0, row = 0; written < BYTES; row++) {
          String text = "lorem ipsum ".repeat(1 + random.nextInt(400));
          String separator = row == 0 ? "" : kind == RowKind.JSON ? "," : "\n";
          out.write(separator + (json ? "{\"text\":\"" + text + "\"}" : text));
          written += text.length();
        }
        out.write(kind == RowKind.JSON ? "]" : "");
      }
    }

    private static long read(Path file) throws IOException {
      DataSettings settings =
          new DataSettings(
              List.of(DataSource.text(file.toString())),
              8,
              512,
              true,
              100,
              1,
              1,
              HoldOut.NONE,
              false,
              2,
              OptionalInt.empty());
      long ids = 0;
      try (DataStream<Batch> batches = settings.open(Tokenizer.bytes(), line -> {})) {
        for (Batch batch = batches.next(); batch != null; batch = batches.next()) {
          ids += batch.predictions();
        }
      }
      return ids;
    }
  }
}
