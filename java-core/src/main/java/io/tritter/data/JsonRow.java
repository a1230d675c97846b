package io.tritter.data;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** Bytes to a JSON object, strictly: UTF-8, one object and nothing behind it. */
final class JsonRow {
  private static final ObjectReader JSON =
      JsonMapper.builder(
              JsonFactory.builder()
                  // Names come from the file: none of them belongs in the JVM's table.
                  .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
                  .build())
          .build()
          .reader();

  private final CharsetDecoder utf8 = StandardCharsets.UTF_8.newDecoder();
  private char[] chars = new char[0];

  /**
   * The object.
   *
   * @throws IllegalArgumentException for anything else; the message says what was expected
   */
  JsonNode parse(ByteBuffer bytes) {
    if (chars.length < bytes.remaining()) {
      chars = new char[bytes.remaining() + bytes.remaining() / 2];
    }
    CharBuffer text = CharBuffer.wrap(chars);
    CoderResult result = utf8.reset().decode(bytes, text, true);
    if (result.isError()) {
      throw new IllegalArgumentException(
          "expected UTF-8, got the byte 0x%02X at %d of the row"
              .formatted(bytes.get(bytes.position()), bytes.position()));
    }
    try (JsonParser parser = JSON.createParser(chars, 0, text.position())) {
      JsonNode node = JSON.readTree(parser);
      if (node == null || !node.isObject()) {
        String kind = node == null ? "nothing" : node.getNodeType().name();
        throw new IllegalArgumentException(
            "expected a JSON object, got " + kind.toLowerCase(Locale.ROOT));
      }
      if (parser.nextToken() != null) {
        throw new IllegalArgumentException("expected one JSON object, got more behind it");
      }
      return node;
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("expected JSON: " + e.getOriginalMessage(), e);
    } catch (IOException e) {
      throw new AssertionError("characters in memory", e);
    }
  }

  /**
   * The text that bytes are in UTF-8.
   *
   * @throws IllegalArgumentException if they are none
   */
  static String utf8(byte[] bytes, int start, int length) {
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(bytes, start, length))
          .toString();
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException("expected UTF-8, got " + e.getMessage(), e);
    }
  }
}
