package io.tritter.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tritter.Golden;
import io.tritter.format.FormatException;
import io.tritter.format.GgufValue;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GgufTokenizerTest {
  private static final String TEXT = "To be, naïve 日本語 🙂\n\tor  not's <|end|>";

  @TempDir Path dir;

  @Test
  void aTokenizerGoesThroughTheMetadata() throws IOException {
    Path golden = Golden.path("tokenizer_bpe");
    Map<String, GgufValue> metadata = GgufTokenizer.of(golden, 310);
    Tokenizer before = Tokenizer.of(golden);
    Tokenizer after = read(metadata);
    assertArrayEquals(before.encodePart(TEXT), after.encodePart(TEXT));
    assertEquals(before.decode(before.encode(TEXT)), after.decode(before.encode(TEXT)));
    assertEquals(300, after.vocabSize());
  }

  @Test
  void bytesAreAVocabularyWithoutMerges() throws IOException {
    Map<String, GgufValue> metadata = GgufTokenizer.of(dir, 256);
    Tokenizer after = read(metadata);
    assertArrayEquals(ByteTokenizer.encode(TEXT), after.encode(TEXT));
    StringBuilder all = new StringBuilder();
    for (char c = 0; c < 0x800; c++) { // every byte that UTF-8 has of two
      all.append(c);
    }
    String text = all.toString();
    assertArrayEquals(ByteTokenizer.encode(text), after.encode(text));
    assertEquals(text, after.decode(ByteTokenizer.encode(text)));
  }

  private static Tokenizer read(Map<String, GgufValue> metadata) throws IOException {
    Tokenizer tokenizer = GgufTokenizer.read("x", metadata);
    if (tokenizer == null) {
      throw new AssertionError("no tokenizer in " + metadata.keySet());
    }
    return tokenizer;
  }

  @Test
  void theEndIsThatOfTheDirectory() throws IOException {
    Files.copy(Golden.path("tokenizer_bpe").resolve(Tokenizer.FILE), dir.resolve(Tokenizer.FILE));
    Files.writeString(dir.resolve("config.json"), "{\"eos_token_id\": 7}");
    assertEquals(Set.of(7), Tokenizer.of(dir).endIds());
    Files.writeString(dir.resolve("generation_config.json"), "{\"eos_token_id\": [1, 9]}");
    assertEquals(Set.of(1, 9), Tokenizer.of(dir).endIds());
    assertEquals(Set.of(1), read(GgufTokenizer.of(dir, 300)).endIds());
    TextStream stream = new TextStream(Tokenizer.of(dir), List.of());
    String text = stream.push(269) + stream.push(1) + stream.push(269) + stream.end();
    assertEquals(Tokenizer.of(dir).decode(269), text);
    assertTrue(stream.stopped());
    Files.writeString(dir.resolve("generation_config.json"), "{\"eos_token_id\": \"x\"}");
    assertThrows(FormatException.class, () -> Tokenizer.of(dir));
  }

  @Test
  void whatIsNoByteLevelBpeIsRefused() throws IOException {
    Path file = dir.resolve(Tokenizer.FILE);
    Files.writeString(file, "{\"model\": {\"type\": \"Unigram\", \"vocab\": []}}");
    assertThrows(FormatException.class, () -> GgufTokenizer.of(dir, 256));
    Files.copy(
        Golden.path("tokenizer_bpe").resolve(Tokenizer.FILE),
        file,
        StandardCopyOption.REPLACE_EXISTING);
    assertThrows(FormatException.class, () -> GgufTokenizer.of(dir, 299));
    assertNull(GgufTokenizer.toJson("x", Map.of()));
    Map<String, GgufValue> metadata = new HashMap<>(GgufTokenizer.of(dir, 300));
    metadata.put("tokenizer.ggml.tokens", GgufValue.string("a"));
    assertThrows(FormatException.class, () -> GgufTokenizer.toJson("x", metadata));
    metadata.remove("tokenizer.ggml.token_type");
    assertThrows(FormatException.class, () -> GgufTokenizer.toJson("x", metadata));
  }
}
