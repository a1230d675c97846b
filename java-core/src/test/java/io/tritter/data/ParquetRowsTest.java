package io.tritter.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.tritter.Golden;
import io.tritter.format.FormatException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Parquet files that pyarrow wrote: tests/golden/parquet/make_parquet.py. */
class ParquetRowsTest {
  @TempDir private Path dir;

  @ParameterizedTest
  @ValueSource(strings = {"none", "snappy", "zstd", "gzip"})
  void textsAreThoseThatPyarrowWrote(String codec) throws IOException {
    List<JsonNode> rows = rows(texts(codec), Place.START, Set.of());
    assertEquals(100, rows.size());
    for (int i = 0; i < 100; i++) {
      JsonNode body = rows.get(i).path("body");
      if (i % 17 == 5) {
        assertTrue(body.isNull(), "row " + i);
      } else {
        String wanted = "document " + i + ": " + "wörter ✓ ".repeat(i % 7);
        assertEquals(i % 17 == 6 ? "" : wanted, body.textValue());
      }
    }
  }

  @Test
  void listsOfMessagesAreThoseThatPyarrowWrote() throws IOException {
    List<JsonNode> rows = rows(Golden.path("parquet/chats.parquet"), Place.START, Set.of());
    assertEquals(50, rows.size());
    for (int i = 0; i < 50; i++) {
      JsonNode messages = rows.get(i).path("messages");
      assertEquals(2 * (1 + i % 3), messages.size());
      for (int turn = 0; turn <= i % 3; turn++) {
        JsonNode answer = messages.get(2 * turn + 1);
        assertEquals("assistant", answer.path("role").asText());
        assertEquals("answer " + i + "." + turn, answer.path("content").asText());
      }
    }
  }

  @Test
  void readingGoesOnFromEveryRow() throws IOException {
    Path file = texts("snappy");
    List<JsonNode> all = rows(file, Place.START, Set.of());
    for (int from = 0; from <= 100; from++) {
      assertEquals(
          all.subList(from, 100), rows(file, new Place(0, from), Set.of()), "from " + from);
    }
  }

  @Test
  void columnsThatAreNotWantedAreNotRead() throws IOException {
    assertEquals(100, rows(texts("zstd"), Place.START, Set.of("body", "other")).size());
    FormatException e =
        assertThrows(
            FormatException.class, () -> rows(texts("zstd"), Place.START, Set.of("other")));
    assertTrue(
        String.valueOf(e.getMessage()).contains("expected a column of texts"), e.getMessage());
  }

  @Test
  void aFileThatWasCutIsRefused() throws IOException {
    byte[] whole = Files.readAllBytes(texts("zstd"));
    Path file = dir.resolve("cut.parquet");
    for (int length = 0; length < whole.length; length += 97) {
      Files.write(file, Arrays.copyOf(whole, length));
      FormatException e =
          assertThrows(FormatException.class, () -> rows(file, Place.START, Set.of()));
      assertTrue(String.valueOf(e.getMessage()).startsWith(file.toString()), e.getMessage());
    }
  }

  /**
   * Either nobody can tell, or it is a FormatException: no other exception, and no endless loop.
   */
  @Test
  @Timeout(120)
  void aDamagedFileIsRefusedOrRead() throws IOException {
    byte[] whole = Files.readAllBytes(texts("snappy"));
    Path file = dir.resolve("damaged.parquet");
    int refused = 0;
    for (int seed = 0; seed < 300; seed++) {
      Random random = new Random(seed);
      byte[] damaged = whole.clone();
      for (int i = 0; i < 3; i++) {
        damaged[random.nextInt(damaged.length)] ^= (byte) (1 << random.nextInt(8));
      }
      Files.write(file, damaged);
      try {
        rows(file, Place.START, Set.of());
      } catch (FormatException e) {
        refused++;
      } catch (Throwable e) {
        throw new AssertionError("seed " + seed, e);
      }
    }
    assertTrue(refused > 100, refused + " refused");
  }

  private static Path texts(String codec) {
    return Golden.path("parquet/texts_" + codec + ".parquet");
  }

  private static List<JsonNode> rows(Path file, Place from, Set<String> columns)
      throws IOException {
    List<JsonNode> found = new ArrayList<>();
    try (RowReader rows = RowKind.PARQUET.open(file, from, columns, BadRows.refused())) {
      for (Row row = rows.next(); row != null; row = rows.next()) {
        assertEquals(from.rows() + found.size(), row.at().rows());
        found.add(row.fields());
      }
    }
    return found;
  }
}
