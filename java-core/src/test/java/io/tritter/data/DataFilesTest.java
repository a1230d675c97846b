package io.tritter.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DataFilesTest {
  @TempDir private Path dir;

  @BeforeEach
  void files() throws IOException {
    for (String name :
        List.of(
            "b.jsonl",
            "a.jsonl",
            "sub/c.jsonl",
            "sub/deep/d.ndjson",
            ".hidden.jsonl",
            ".cache/e.jsonl",
            "README.md",
            "other/x.txt",
            "other/[y].txt")) {
      Files.createDirectories(dir.resolve(name).getParent());
      Files.writeString(dir.resolve(name), "{}");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "a.jsonl, a.jsonl",
    "README.md, README.md",
    "sub, sub/c.jsonl sub/deep/d.ndjson",
    "*.jsonl, a.jsonl b.jsonl",
    "?.jsonl, a.jsonl b.jsonl",
    "**/*.jsonl, a.jsonl b.jsonl sub/c.jsonl",
    "sub/**, sub/c.jsonl sub/deep/d.ndjson",
    "'{a,sub/c}.jsonl', a.jsonl sub/c.jsonl",
    "'[b-z].jsonl', b.jsonl",
    "'other/[y].txt', 'other/[y].txt'",
  })
  void aPathIsAFileAFolderOrAPattern(String path, String found) throws IOException {
    List<String> names =
        DataFiles.find(dir + "/" + path).stream()
            .map(file -> dir.relativize(file).toString().replace('\\', '/'))
            .toList();
    assertEquals(List.of(found.split(" ")), names);
  }

  @Test
  void aFolderOfSeveralKindsIsRefused() {
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> DataFiles.find(dir.toString()));
    assertTrue(String.valueOf(e.getMessage()).endsWith("got [JSON_LINES, TEXT]"), e.getMessage());
  }

  @Test
  void nothingToReadIsAnError() throws IOException {
    Files.createDirectories(dir.resolve("empty"));
    for (String path : List.of("empty", "*.parquet", "sub/*.json")) {
      assertThrows(
          IllegalArgumentException.class, () -> DataFiles.find(dir.resolve(path).toString()));
    }
    for (String path : List.of("missing.jsonl", "missing/*.jsonl")) {
      assertThrows(NoSuchFileException.class, () -> DataFiles.find(dir.resolve(path).toString()));
    }
  }

  @Test
  void rowsOfSeveralFilesAreEstimated() throws IOException {
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < 1000; i++) {
      lines.append("{\"text\":\"%s\"}\n".formatted("x".repeat(900 + i % 200)));
    }
    Files.writeString(dir.resolve("a.jsonl"), lines);
    Files.writeString(dir.resolve("b.jsonl"), lines);
    try (RowFiles rows =
        new RowFiles(DataFiles.find(dir + "/*.jsonl"), Set.of(), BadRows.refused())) {
      long hint = rows.lengthHint().orElseThrow();
      assertTrue(Math.abs(hint - 2000) <= 100, hint + " rows"); // by the first quarter of one
    }
  }
}
