package io.tritter.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.tritter.format.FormatException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The rows of JSON Lines, JSON arrays and texts: what is read, what is refused, and from where. */
class RowsTest {

  @TempDir private Path dir;

  private final List<String> reports = new ArrayList<>();
  private final BadRows skipped = new BadRows(true, reports::add);

  @Test
  void jsonLinesAreObjectsWhateverEndsThem() throws IOException {
    Path file =
        write(
            "a.jsonl",
            "\uFEFF{\"text\":\"é\"}\r\n\n  \t\n{\"text\":\"b\\n\"}\n{\"text\":\"last\"}");
    assertEquals(List.of("é", "b\n", "last"), texts(file, BadRows.refused()));
  }

  @Test
  void aBadLineIsAnErrorWithFileAndLine() throws IOException {
    Path file = write("a.jsonl", "{\"text\":\"a\"}\n\n{\"text\": b}\n{\"text\":\"c\"}\n");
    FormatException e = assertThrows(FormatException.class, () -> texts(file, BadRows.refused()));
    assertTrue(
        String.valueOf(e.getMessage()).startsWith(file + ", line 3: expected JSON: "),
        e.getMessage());
    assertEquals(14, e.offset());
  }

  @Test
  void badLinesAreLeftOutAndCounted() throws IOException {
    String deep = "[".repeat(5000) + "]".repeat(5000);
    Path file =
        write(
            "a.jsonl",
            String.join(
                "\n",
                "{\"text\":\"good\"}",
                "17",
                "[]",
                "null",
                "{} {}",
                "{\"text\":\"unterminated",
                "{\"deep\":" + deep + "}",
                "{\"number\":" + "9".repeat(5000) + "}",
                "\u0000",
                "{\"text\":\"good too\"}"));
    assertEquals(List.of("good", "good too"), texts(file, skipped));
    assertEquals(8, skipped.count());
    assertEquals(8, reports.size());
    assertTrue(
        reports.get(0).endsWith("line 2: expected a JSON object, got number"), reports.get(0));
    assertTrue(reports.get(3).endsWith("line 5: expected one JSON object, got more behind it"));
  }

  @Test
  void onlyTheFirstOfManyBadLinesAreDescribed() throws IOException {
    assertEquals(List.of(), texts(write("a.jsonl", "x\n".repeat(1000)), skipped));
    assertEquals(1000, skipped.count());
    assertEquals(10, reports.size());
  }

  @ParameterizedTest
  @ValueSource(ints = {0x80, 0xC0, 0xFF})
  void whatIsNoUtf8IsRefusedWithItsPlace(int value) throws IOException {
    Path file = dir.resolve("a.jsonl");
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.writeBytes("{\"text\":\"".getBytes(StandardCharsets.UTF_8));
    bytes.write(value);
    bytes.writeBytes("\"}\n{\"text\":\"b\"}\n".getBytes(StandardCharsets.UTF_8));
    Files.write(file, bytes.toByteArray());
    assertEquals(List.of("b"), texts(file, skipped));
    assertTrue(
        reports
            .get(0)
            .endsWith(
                "line 1: expected UTF-8, got the byte 0x%02X at 9 of the row".formatted(value)),
        reports.get(0));
  }

  @ParameterizedTest
  @ValueSource(strings = {"a.jsonl", "a.json"})
  void aRowOfAbsurdLengthIsLeftOut(String name) throws IOException {
    String good = "{\"text\":\"good\"}";
    String absurd = "{\"text\":\"" + "x".repeat(ByteReader.MOST_ROW_BYTES) + "\"}";
    Path file =
        name.endsWith("l")
            ? write(name, String.join("\n", good, absurd, good))
            : write(name, "[" + String.join(",", good, absurd, good) + "]");
    assertEquals(List.of("good", "good"), texts(file, skipped));
    assertTrue(reports.get(0).endsWith(" 2: expected at most 16777216 bytes, got more"));
  }

  @Test
  void rowsAsLongAsTheLimitAreRead() throws IOException {
    String fitting = "x".repeat(ByteReader.MOST_ROW_BYTES - 11);
    Path file = write("a.jsonl", "{\"text\":\"" + fitting + "\"}\n{\"text\":\"b\"}");
    assertEquals(List.of(fitting, "b"), texts(file, BadRows.refused()));
  }

  @Test
  void aJsonFileIsAnArrayOfObjects() throws IOException {
    Path file =
        write(
            "a.json", "\n [\n {\"text\": \"a, ] \\\" }\"} ,{\"text\":\"b\",\"x\":[{}, [1]]}\n]\n");
    assertEquals(List.of("a, ] \" }", "b"), texts(file, BadRows.refused()));
    assertEquals(List.of(), texts(write("empty.json", " [ ] "), BadRows.refused()));
  }

  @Test
  void aJsonFileMayHoldLines() throws IOException {
    assertEquals(
        List.of("a", "b"),
        texts(write("a.json", "{\"text\":\"a\"}\n{\"text\":\"b\"}"), BadRows.refused()));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[{\"text\":\"a\"}",
        "[{\"text\":\"a\"},",
        "[{\"text\":\"a\"}} ]",
        "[{\"text\":\"a\"}, {\"text\":\"b",
        "["
      })
  void anArrayThatDoesNotCloseIsAnErrorEvenWhereBadRowsAreNone(String json) throws IOException {
    Path file = write("a.json", json);
    FormatException e = assertThrows(FormatException.class, () -> texts(file, skipped));
    assertTrue(String.valueOf(e.getMessage()).startsWith(file + ", byte "), e.getMessage());
  }

  @Test
  void badElementsAreLeftOut() throws IOException {
    Path file = write("a.json", "[1, {\"text\":\"a\"}, {\"text\":}, , \"x\", {\"text\":\"b\"}]");
    assertEquals(List.of("a", "b"), texts(file, skipped));
    assertEquals(4, skipped.count());
    assertTrue(reports.get(1).contains("element 3: expected JSON"), reports.get(1));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 16383, 16384, 16385, 100_000})
  void thePartsOfATextJoinToTheText(int length) throws IOException {
    StringBuilder text = new StringBuilder();
    for (int i = 0; text.length() < length; i++) {
      text.append(i % 5 == 0 ? "✓é\n" : "wort ");
    }
    checkParts(write("a.txt", text.toString()), text.toString());
    String oneLine = "é✓𝄞".repeat(length / 3);
    checkParts(write("b.txt", oneLine), oneLine);
  }

  private void checkParts(Path file, String text) throws IOException {
    StringBuilder joined = new StringBuilder();
    boolean begins = true;
    boolean ended = text.isEmpty();
    try (RowReader rows = RowKind.TEXT.open(file, Place.START, Set.of(), BadRows.refused())) {
      for (Row row = rows.next(); row != null; row = rows.next()) {
        String part = row.fields().get("text").textValue();
        assertTrue(part.getBytes(StandardCharsets.UTF_8).length <= TextRows.PART_BYTES);
        assertEquals(begins, row.begins());
        begins = false;
        ended = row.ends();
        joined.append(part);
      }
    }
    assertEquals(text, joined.toString());
    assertTrue(ended);
  }

  @Test
  void aTextThatIsNoUtf8IsRefusedByPart() throws IOException {
    Path file = dir.resolve("latin.txt");
    Files.write(file, new byte[] {'a', (byte) 0xE9, 'b'});
    FormatException e = assertThrows(FormatException.class, () -> texts(file, BadRows.refused()));
    assertTrue(
        String.valueOf(e.getMessage()).startsWith(file + ", part 1: expected UTF-8"),
        e.getMessage());
  }

  @ParameterizedTest
  @ValueSource(strings = {"a.jsonl", "a.json", "a.txt"})
  void readingGoesOnFromEveryPlace(String name) throws IOException {
    StringBuilder content = new StringBuilder(name.equals("a.json") ? "[ " : "");
    String separator = name.equals("a.json") ? " ,\n" : "\n";
    for (int i = 0; i < 7; i++) {
      String line = name.endsWith("txt") ? "line ".repeat(9000) : "{\"text\":\"é" + i + "\"}";
      content.append(i == 0 ? "" : separator).append(line);
    }
    Path file = write(name, content + (name.equals("a.json") ? " ]" : ""));
    List<JsonNode> all = new ArrayList<>();
    List<Place> places = new ArrayList<>(List.of(Place.START));
    RowKind kind = RowKind.of(file);
    try (RowReader rows = kind.open(file, Place.START, Set.of(), BadRows.refused())) {
      for (Row row = rows.next(); row != null; row = rows.next()) {
        all.add(row.fields());
        places.add(rows.place());
      }
    }
    assertTrue(all.size() >= 4, all.size() + " rows");
    for (int from = 0; from <= all.size(); from++) {
      try (RowReader rows = kind.open(file, places.get(from), Set.of(), BadRows.refused())) {
        for (int i = from; i < all.size(); i++) {
          Row row = rows.next();
          assertEquals(all.get(i), row == null ? null : row.fields(), "from " + from);
        }
        assertEquals(null, rows.next());
      }
    }
  }

  private static List<String> texts(Path file, BadRows bad) throws IOException {
    List<String> texts = new ArrayList<>();
    try (RowFiles rows = new RowFiles(List.of(file), Set.of(), bad)) {
      for (Row row = rows.next(); row != null; row = rows.next()) {
        texts.add(row.fields().path("text").asText());
      }
    }
    return texts;
  }

  private Path write(String name, String content) throws IOException {
    return Files.writeString(dir.resolve(name), content);
  }
}
