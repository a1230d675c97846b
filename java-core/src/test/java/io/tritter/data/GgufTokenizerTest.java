package io.tritter.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.tritter.Golden;
import io.tritter.format.FormatException;
import io.tritter.format.GgufValue;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashMap;
import java.util.Map;
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
    Tokenizer after = Tokenizer.ofJson("x", String.valueOf(GgufTokenizer.toJson("x", metadata)));
    assertArrayEquals(before.encodePart(TEXT), after.encodePart(TEXT));
    assertEquals(before.decode(before.encode(TEXT)), after.decode(before.encode(TEXT)));
    assertEquals(300, after.vocabSize());
  }

  @Test
  void bytesAreAVocabularyWithoutMerges() throws IOException {
    Map<String, GgufValue> metadata = GgufTokenizer.of(dir, 256);
    Tokenizer after = Tokenizer.ofJson("x", String.valueOf(GgufTokenizer.toJson("x", metadata)));
    assertArrayEquals(ByteTokenizer.encode(TEXT), after.encode(TEXT));
    StringBuilder all = new StringBuilder();
    for (char c = 0; c < 0x800; c++) { // every byte that UTF-8 has of two
      all.append(c);
    }
    String text = all.toString();
    assertArrayEquals(ByteTokenizer.encode(text), after.encode(text));
    assertEquals(text, after.decode(ByteTokenizer.encode(text)));
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
