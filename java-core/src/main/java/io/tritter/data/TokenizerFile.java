package io.tritter.data;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import com.fasterxml.jackson.databind.JsonNode;
import io.tritter.format.FormatException;
import io.tritter.format.JsonFile;
import io.tritter.tensor.Check;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/**
 * A {@code tokenizer.json}, run by Hugging Face's tokenizers library through DJL.
 *
 * <p>DJL reports its use to a server, and looks for native code on another, unless told not to. It
 * is told not to here, before it is loaded: nothing is sent or fetched. Its native library is
 * unpacked to {@code ~/.djl.ai}.
 */
final class TokenizerFile implements Tokenizer {
  private static final long MOST_BYTES = 100_000_000;

  static {
    System.setProperty("ai.djl.offline", "true");
    System.setProperty("OPT_OUT_TRACKING", "true");
    System.setProperty("RUST_FLAVOR", "cpu");
  }

  private final HuggingFaceTokenizer tokenizer;
  private final int vocabSize;

  private final Set<Integer> endIds;

  private TokenizerFile(HuggingFaceTokenizer tokenizer, int vocabSize, Set<Integer> endIds) {
    this.tokenizer = tokenizer;
    this.vocabSize = vocabSize;
    this.endIds = Collections.unmodifiableSet(new LinkedHashSet<>(endIds));
  }

  static TokenizerFile read(Path file, Set<Integer> endIds) throws IOException {
    long size = Files.size(file);
    if (size > MOST_BYTES) {
      throw new FormatException(
          file.toString(), 0, "expected at most " + MOST_BYTES + " bytes, got " + size);
    }
    return read(file.toString(), Files.readAllBytes(file), endIds);
  }

  /**
   * Reads the bytes of a file.
   *
   * @param source for errors
   */
  static TokenizerFile read(String source, byte[] bytes, Set<Integer> endIds) throws IOException {
    int vocabSize = vocabSize(source, bytes);
    Map<String, String> options = Map.of("truncation", "false", "padding", "false");
    try {
      return new TokenizerFile(
          HuggingFaceTokenizer.newInstance(new ByteArrayInputStream(bytes), options),
          vocabSize,
          endIds);
    } catch (RuntimeException e) { // what the native library says
      throw new FormatException(source, 0, "expected a tokenizer: " + e.getMessage());
    }
  }

  /** One more than the largest id of the vocabulary and the added tokens. */
  private static int vocabSize(String source, byte[] bytes) throws IOException {
    JsonNode json = JsonFile.read(source, bytes);
    int largest = -1;
    for (JsonNode id : json.path("model").path("vocab")) {
      // Unigram has a list of pairs instead of a map to ids.
      largest = id.isArray() ? largest + 1 : Math.max(largest, id.asInt(-1));
    }
    for (JsonNode token : json.path("added_tokens")) {
      largest = Math.max(largest, token.path("id").asInt(-1));
    }
    if (largest < 0) {
      throw new FormatException(source, 0, "expected model.vocab, got none");
    }
    if (largest == Integer.MAX_VALUE) {
      throw new FormatException(source, 0, "expected ids below 2147483647, got " + largest);
    }
    return largest + 1;
  }

  @Override
  public int[] encode(String text) {
    return encode(text, true);
  }

  @Override
  public int[] encodePart(String text) {
    return encode(text, false);
  }

  private int[] encode(String text, boolean special) {
    long[] ids = tokenizer.encode(text, special, false).getIds();
    return Arrays.stream(ids).mapToInt(Math::toIntExact).toArray();
  }

  @Override
  public String decode(int... ids) {
    for (int i = 0; i < ids.length; i++) {
      if (ids[i] < 0 || ids[i] >= vocabSize) {
        throw Check.expected("ids[" + i + "]", "0 to " + (vocabSize - 1), ids[i]);
      }
    }
    return tokenizer.decode(Arrays.stream(ids).asLongStream().toArray(), true);
  }

  @Override
  public int vocabSize() {
    return vocabSize;
  }

  @Override
  public Set<Integer> endIds() {
    return endIds;
  }
}
