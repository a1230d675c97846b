package io.tritter.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tritter.Golden;
import io.tritter.format.FormatException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TokenizerTest {
  @TempDir Path dir;

  @Test
  void idsAreThoseOfTheTokenizersPackage() throws IOException {
    Path golden = Golden.path("tokenizer_bpe");
    JsonNode expected = new ObjectMapper().readTree(golden.resolve("cases.json").toFile());
    Tokenizer tokenizer = Tokenizer.of(golden);
    assertEquals(expected.get("vocab_size").asInt(), tokenizer.vocabSize());
    assertEquals(6, expected.get("cases").size());
    for (JsonNode one : expected.get("cases")) {
      String text = one.get("text").asText();
      assertArrayEquals(ints(one.get("ids")), tokenizer.encode(text), text);
      assertArrayEquals(ints(one.get("plain_ids")), tokenizer.encodePart(text), text);
      assertEquals(one.get("decoded").asText(), tokenizer.decode(ints(one.get("ids"))));
    }
  }

  @Test
  void nothingIsSentOrFetched() throws IOException {
    assertTrue(Tokenizer.of(Golden.path("tokenizer_bpe")).encode("or not").length > 1);
    assertTrue(ai.djl.util.Utils.isOfflineMode());
    assertEquals("true", System.getProperty("OPT_OUT_TRACKING"));
  }

  @Test
  void aDirectoryWithoutATokenizerHasBytes() throws IOException {
    Tokenizer tokenizer = Tokenizer.of(dir);
    assertEquals(256, tokenizer.vocabSize());
    assertArrayEquals(new int[] {195, 169}, tokenizer.encode("é"));
    assertEquals("é", tokenizer.decode(195, 169));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "{", "[]", "{}", "{\"model\": {\"vocab\": {\"a\": 0}}}", "{\"model\": 3}"})
  void whatIsNoTokenizerIsRefused(String json) throws IOException {
    Path file = Files.writeString(dir.resolve(Tokenizer.FILE), json);
    FormatException e = assertThrows(FormatException.class, () -> Tokenizer.of(dir));
    assertEquals(file.toString(), e.source());
  }

  @Test
  void idsOutsideTheVocabularyAreRefused() throws IOException {
    Tokenizer tokenizer = Tokenizer.of(Golden.path("tokenizer_bpe"));
    assertThrows(IllegalArgumentException.class, () -> tokenizer.decode(300));
    assertThrows(IllegalArgumentException.class, () -> tokenizer.decode(-1));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aStreamGivesWholeCharactersAndTheSameText(boolean bytes) throws IOException {
    Tokenizer tokenizer = bytes ? Tokenizer.bytes() : Tokenizer.of(Golden.path("tokenizer_bpe"));
    String text = "To be, naïve 日本語 🙂 or not\n".repeat(5) + "to be";
    TextStream stream = new TextStream(tokenizer, List.of());
    StringBuilder shown = new StringBuilder();
    for (int id : tokenizer.encodePart(text)) {
      String piece = stream.push(id);
      assertEquals(-1, piece.indexOf('\uFFFD'));
      shown.append(piece);
      assertTrue(text.startsWith(shown.toString()));
    }
    assertEquals(text, shown + stream.end());
  }

  @ParameterizedTest
  @CsvSource({
    "one two three, two, 'one '",
    "one two three, TWO, one two three",
    "aaab, aab, a",
    "ab, abc, ab",
    "stop, stop, ''",
  })
  void aStreamEndsBeforeAStopString(String text, String stop, String wanted) {
    TextStream stream = new TextStream(Tokenizer.bytes(), List.of(stop, "never"));
    StringBuilder shown = new StringBuilder();
    for (int id : ByteTokenizer.encode(text)) {
      shown.append(stream.push(id));
      assertTrue(wanted.startsWith(shown.toString()), shown.toString());
    }
    assertEquals(wanted, shown + stream.end());
    assertEquals(!wanted.equals(text), stream.stopped());
    if (stream.stopped()) {
      assertEquals("", stream.push('x') + stream.end());
    }
  }

  @Test
  void aCharacterThatIsNeverCompleteIsShownAtTheEnd() {
    TextStream stream = new TextStream(Tokenizer.bytes(), List.of());
    assertEquals("a", stream.push('a'));
    assertEquals("", stream.push(0xC3));
    assertEquals("\uFFFD", stream.end());
    assertEquals("\uFFFDb", pushAll(0xC3, 'b'));
  }

  private static String pushAll(int... ids) {
    TextStream stream = new TextStream(Tokenizer.bytes(), List.of());
    StringBuilder shown = new StringBuilder();
    for (int id : ids) {
      shown.append(stream.push(id));
    }
    return shown.toString();
  }

  private static int[] ints(JsonNode array) {
    return StreamSupport.stream(array.spliterator(), false).mapToInt(JsonNode::asInt).toArray();
  }
}
