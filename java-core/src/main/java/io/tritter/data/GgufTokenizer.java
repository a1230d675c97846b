package io.tritter.data;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tritter.format.FormatException;
import io.tritter.format.GgufValue;
import io.tritter.format.JsonFile;
import io.tritter.tensor.Check;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The tokenizer of a model's directory as metadata of a GGUF file, in the form that llama.cpp calls
 * {@code gpt2}: byte-level BPE. Bytes as ids are a BPE without merges.
 */
public final class GgufTokenizer {
  private static final String PREFIX = "tokenizer.ggml.";
  private static final String END = "eos_token_id";
  private static final ObjectMapper JSON = new ObjectMapper();

  /** llama.cpp's names of the rules that cut a text into words. */
  private static final String GPT_2 = "gpt-2";

  private static final String LLAMA_3 = "llama-bpe";
  private static final String LLAMA_3_WORDS =
      "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}"
          + "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";

  /** Numbers of llama.cpp's types of tokens. */
  private static final int NORMAL = 1;

  private static final int CONTROL = 3;
  private static final int UNUSED = 5;

  private GgufTokenizer() {}

  /**
   * The metadata of {@code tokenizer.json}, or of bytes where there is none.
   *
   * @param vocabSize of the model; ids that the tokenizer lacks are written as unused
   * @throws FormatException if the file is no byte-level BPE, or has more ids than the model
   */
  public static Map<String, GgufValue> of(Path directory, int vocabSize) throws IOException {
    Path file = directory.resolve(Tokenizer.FILE);
    if (!Files.exists(file)) {
      return ofBytes(vocabSize);
    }
    JsonNode json = JsonFile.read(file);
    JsonNode model = json.path("model");
    boolean bytes = json.path("decoder").toString().contains("ByteLevel");
    if (!model.path("type").asText().equals("BPE") || !bytes) {
      throw new FormatException(
          file.toString(), 0, "expected a byte-level BPE, got " + model.path("type").asText());
    }
    Map<Integer, String> tokens = new LinkedHashMap<>();
    model.path("vocab").properties().forEach(e -> tokens.put(e.getValue().asInt(-1), e.getKey()));
    Map<Integer, Integer> types = new LinkedHashMap<>();
    for (JsonNode added : json.path("added_tokens")) {
      int id = added.path("id").asInt(-1);
      tokens.put(id, added.path("content").asText());
      types.put(id, added.path("special").asBoolean() ? CONTROL : NORMAL);
    }
    for (int id : tokens.keySet()) {
      if (id < 0 || id >= vocabSize) {
        throw new FormatException(
            file.toString(), 0, "expected ids of 0 to %d, got %d".formatted(vocabSize - 1, id));
      }
    }
    List<String> merges = new ArrayList<>();
    for (JsonNode merge : model.path("merges")) {
      merges.add(
          merge.isArray() ? merge.path(0).asText() + " " + merge.path(1).asText() : merge.asText());
    }
    Map<String, GgufValue> metadata = metadata(tokens, types, merges, vocabSize, splitter(json));
    // The format has place for one.
    EndIds.of(directory).stream()
        .sorted()
        .findFirst()
        .ifPresent(id -> metadata.put(PREFIX + END, GgufValue.uint32(id)));
    return metadata;
  }

  /** The metadata of bytes as ids. */
  public static Map<String, GgufValue> ofBytes(int vocabSize) {
    Check.atLeast("vocabSize", vocabSize, ByteTokenizer.VOCABULARY);
    return metadata(byteTokens(), Map.of(), List.of(), vocabSize, GPT_2);
  }

  /**
   * The tokenizer that a GGUF file carries, if it is one that {@link #of} writes.
   *
   * @param source of the metadata, for errors
   * @return the text of a {@code tokenizer.json}, or null
   */
  public static @Nullable String toJson(String source, Map<String, GgufValue> metadata)
      throws FormatException {
    GgufValue model = metadata.get(PREFIX + "model");
    if (model == null || !model.content().equals("gpt2")) {
      return null;
    }
    List<String> tokens = strings(source, metadata, "tokens");
    GgufValue types = metadata.get(PREFIX + "token_type");
    if (types == null
        || !(types.content() instanceof List<?> kinds)
        || kinds.size() != tokens.size()) {
      throw new FormatException(
          source, 0, "token_type: expected " + tokens.size() + " numbers, got " + types);
    }
    ObjectNode json = JSON.createObjectNode();
    json.put("version", "1.0");
    ArrayNode added = json.putArray("added_tokens");
    ObjectNode vocab = JSON.createObjectNode();
    for (int id = 0; id < tokens.size(); id++) {
      boolean control = kinds.get(id).equals((long) CONTROL);
      if (control) {
        added
            .addObject()
            .put("id", id)
            .put("content", tokens.get(id))
            .put("single_word", false)
            .put("lstrip", false)
            .put("rstrip", false)
            .put("normalized", false)
            .put("special", true);
      }
      if (!kinds.get(id).equals((long) UNUSED)) {
        vocab.put(tokens.get(id), id);
      }
    }
    putSplitter(json, metadata.get(PREFIX + "pre"));
    json.set("decoder", byteLevel(true));
    ObjectNode bpe = json.putObject("model");
    bpe.put("type", "BPE");
    bpe.set("vocab", vocab);
    ArrayNode merges = bpe.putArray("merges");
    for (String merge : strings(source, metadata, "merges")) {
      int space = merge.indexOf(' ', 1);
      if (space < 0) {
        throw new FormatException(source, 0, "merges: expected two parts, got '" + merge + "'");
      }
      merges.addArray().add(merge.substring(0, space)).add(merge.substring(space + 1));
    }
    return json.toPrettyString() + "\n";
  }

  /**
   * The tokenizer that a GGUF file carries, or null; see {@link #toJson}.
   *
   * @param source of the metadata, for errors
   */
  public static @Nullable Tokenizer read(String source, Map<String, GgufValue> metadata)
      throws IOException {
    String json = toJson(source, metadata);
    return json == null
        ? null
        : TokenizerFile.read(source, json.getBytes(StandardCharsets.UTF_8), endIds(metadata));
  }

  /** The ids that end a text, as the file says. */
  public static Set<Integer> endIds(Map<String, GgufValue> metadata) {
    GgufValue id = metadata.get(PREFIX + END);
    return id != null && id.content() instanceof Long n ? Set.of((int) (long) n) : Set.of();
  }

  private static List<String> strings(String source, Map<String, GgufValue> metadata, String name)
      throws FormatException {
    GgufValue value = metadata.get(PREFIX + name);
    if (value == null || value.kind() != GgufValue.Kind.STRING || !value.isArray()) {
      throw new FormatException(source, 0, name + ": expected an array of strings, got " + value);
    }
    return value.asStrings();
  }

  private static void putSplitter(ObjectNode json, @Nullable GgufValue splitter) {
    if (splitter == null || !splitter.content().equals(LLAMA_3)) {
      json.set("pre_tokenizer", byteLevel(true));
      return;
    }
    ObjectNode sequence = json.putObject("pre_tokenizer");
    sequence.put("type", "Sequence");
    ArrayNode parts = sequence.putArray("pretokenizers");
    ObjectNode split = parts.addObject();
    split.put("type", "Split");
    split.putObject("pattern").put("Regex", LLAMA_3_WORDS);
    split.put("behavior", "Isolated").put("invert", false);
    parts.add(byteLevel(false));
  }

  private static ObjectNode byteLevel(boolean words) {
    return JSON.createObjectNode()
        .put("type", "ByteLevel")
        .put("add_prefix_space", false)
        .put("trim_offsets", true)
        .put("use_regex", words);
  }

  /** llama.cpp's name of the rule that cuts a text into words: Llama 3's, or that of GPT-2. */
  private static String splitter(JsonNode json) {
    return json.path("pre_tokenizer").toString().contains("\\\\p{N}{1,3}") ? LLAMA_3 : GPT_2;
  }

  private static Map<String, GgufValue> metadata(
      Map<Integer, String> tokens,
      Map<Integer, Integer> types,
      List<String> merges,
      int vocabSize,
      String splitter) {
    List<String> texts = new ArrayList<>(Collections.nCopies(vocabSize, ""));
    List<Integer> kinds = new ArrayList<>(Collections.nCopies(vocabSize, UNUSED));
    for (int id = 0; id < vocabSize; id++) {
      texts.set(id, tokens.getOrDefault(id, "[unused" + id + "]"));
      kinds.set(id, tokens.containsKey(id) ? types.getOrDefault(id, NORMAL) : UNUSED);
    }
    Map<String, GgufValue> metadata = new LinkedHashMap<>();
    metadata.put(PREFIX + "model", GgufValue.string("gpt2"));
    metadata.put(PREFIX + "pre", GgufValue.string(splitter));
    metadata.put(PREFIX + "tokens", GgufValue.strings(texts));
    metadata.put(PREFIX + "token_type", GgufValue.ints(kinds));
    metadata.put(PREFIX + "merges", GgufValue.strings(merges));
    metadata.put(PREFIX + "add_bos_token", GgufValue.bool(false));
    return metadata;
  }

  /**
   * The character that stands for each byte in a byte-level BPE: itself where it is visible, the
   * others from U+0100 on (Radford et al., 2019, bytes_to_unicode).
   */
  private static Map<Integer, String> byteTokens() {
    Map<Integer, String> tokens = new LinkedHashMap<>();
    int next = 0x100;
    for (int b = 0; b < ByteTokenizer.VOCABULARY; b++) {
      boolean visible =
          (b >= '!' && b <= '~') || (b >= 0xA1 && b <= 0xAC) || (b >= 0xAE && b <= 0xFF);
      tokens.put(b, String.valueOf((char) (visible ? b : next++)));
    }
    return tokens;
  }
}
