package io.tritter.format;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** {@code model.safetensors.index.json}: the file of each tensor of a sharded model. */
final class ShardIndex {
  private static final long MOST_BYTES = 100_000_000;

  /** A file of the same directory: no separators, no drive, no dot in front. */
  private static final Pattern FILE = Pattern.compile("[\\w-][\\w.-]*\\.safetensors");

  private ShardIndex() {}

  /**
   * The file of a tensor.
   *
   * @param file a plain name
   * @param offset where the index says so
   */
  record Place(String file, long offset) {}

  /** The file of each tensor, in the order of the index. */
  static Map<String, Place> read(Path path) throws IOException {
    long size = Files.size(path);
    if (size > MOST_BYTES) {
      throw fail(path, 0, "expected at most " + MOST_BYTES + " bytes, got " + size);
    }
    Map<String, Place> places = new LinkedHashMap<>();
    try (JsonParser json = SafetensorsHeader.JSON.createParser(Files.readAllBytes(path))) {
      expect(path, json, json.nextToken(), JsonToken.START_OBJECT);
      boolean found = false;
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        boolean map = json.currentName().equals("weight_map");
        found |= map;
        JsonToken value = json.nextToken();
        if (map) {
          expect(path, json, value, JsonToken.START_OBJECT);
          readPlaces(path, json, places);
        } else {
          json.skipChildren();
        }
      }
      if (!found) {
        throw fail(path, offset(json), "expected weight_map, got none");
      }
    } catch (JacksonException e) {
      long at = e.getLocation() == null ? 0 : Math.max(0, e.getLocation().getByteOffset());
      throw fail(path, at, "expected JSON: " + e.getOriginalMessage());
    }
    return places;
  }

  private static void readPlaces(Path path, JsonParser json, Map<String, Place> places)
      throws IOException {
    while (json.nextToken() != JsonToken.END_OBJECT) {
      String tensor = json.currentName();
      expect(path, json, json.nextToken(), JsonToken.VALUE_STRING);
      String file = json.getText();
      if (!FILE.matcher(file).matches()) {
        throw fail(
            path,
            offset(json),
            tensor + ": expected a safetensors file of the same directory, got '" + file + "'");
      }
      places.put(tensor, new Place(file, offset(json)));
    }
  }

  /** The text of an index. */
  static String write(Map<String, String> places, long sizeBytes) throws IOException {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = SafetensorsHeader.JSON.createGenerator(text)) {
      json.useDefaultPrettyPrinter();
      json.writeStartObject();
      json.writeObjectFieldStart("metadata");
      json.writeNumberField("total_size", sizeBytes);
      json.writeEndObject();
      json.writeObjectFieldStart("weight_map");
      for (Map.Entry<String, String> e : new TreeMap<>(places).entrySet()) {
        json.writeStringField(e.getKey(), e.getValue());
      }
      json.writeEndObject();
      json.writeEndObject();
    }
    return text + "\n";
  }

  private static void expect(Path path, JsonParser json, @Nullable JsonToken got, JsonToken wanted)
      throws FormatException {
    if (got != wanted) {
      throw fail(path, offset(json), "expected " + wanted + ", got " + got);
    }
  }

  private static long offset(JsonParser json) {
    return Math.max(0, json.currentTokenLocation().getByteOffset());
  }

  private static FormatException fail(Path path, long at, String message) {
    return new FormatException(path.toString(), at, message);
  }
}
