package io.tritter.format;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads one header of a safetensors file that may be broken or malicious. */
final class SafetensorsParser {
  private final String source;
  private final byte[] bytes;
  private final long dataBytes;
  private final Map<String, SafetensorsHeader.Entry> tensors = new LinkedHashMap<>();
  private final Map<String, Long> places = new LinkedHashMap<>();
  private final Map<String, String> metadata = new LinkedHashMap<>();

  SafetensorsParser(String source, byte[] bytes, long dataBytes) {
    this.source = source;
    this.bytes = bytes;
    this.dataBytes = dataBytes;
  }

  SafetensorsHeader parse() throws FormatException {
    // JSON in UTF-8: Jackson would also guess UTF-16 and UTF-32 from the first bytes.
    if (bytes[0] != '{' || bytes[1] == 0) {
      throw fail(0, "expected '{', got byte " + (bytes[0] & 0xFF));
    }
    try (JsonParser json = SafetensorsHeader.JSON.createParser(bytes)) {
      expect(json, json.nextToken(), JsonToken.START_OBJECT);
      while (json.nextToken() != JsonToken.END_OBJECT) {
        String name = json.currentName();
        long place = offset(json);
        if (name.equals(SafetensorsHeader.METADATA)) {
          readMetadata(json);
        } else {
          places.put(name, place);
          tensors.put(name, readEntry(json, name));
        }
      }
      if (json.nextToken() != null) {
        throw fail(offset(json), "expected the end of the header, got " + json.currentToken());
      }
    } catch (FormatException e) {
      throw e;
    } catch (JacksonException e) {
      long at = e.getLocation() == null ? 0 : Math.max(0, e.getLocation().getByteOffset());
      throw fail(at, "expected JSON: " + e.getOriginalMessage());
    } catch (IOException e) {
      throw fail(0, "expected JSON in UTF-8: " + e.getMessage());
    }
    checkTiling();
    return new SafetensorsHeader(
        Collections.unmodifiableMap(tensors), Collections.unmodifiableMap(metadata));
  }

  private void readMetadata(JsonParser json) throws IOException {
    expect(json, json.nextToken(), JsonToken.START_OBJECT);
    while (json.nextToken() != JsonToken.END_OBJECT) {
      String key = json.currentName();
      expect(json, json.nextToken(), JsonToken.VALUE_STRING);
      metadata.put(key, json.getText());
    }
  }

  private SafetensorsHeader.Entry readEntry(JsonParser json, String name) throws IOException {
    DType dtype = null;
    List<Long> shape = null;
    List<Long> offsets = null;
    expect(json, json.nextToken(), JsonToken.START_OBJECT);
    long place = offset(json);
    while (json.nextToken() != JsonToken.END_OBJECT) {
      String field = json.currentName();
      JsonToken value = json.nextToken();
      switch (field) {
        case "dtype" -> dtype = readType(json, value);
        case "shape" -> shape = readSizes(json, value, Integer.MAX_VALUE);
        case "data_offsets" -> offsets = readSizes(json, value, dataBytes);
        default -> json.skipChildren();
      }
    }
    if (dtype == null || shape == null || offsets == null || offsets.size() != 2) {
      throw fail(place, name + ": expected dtype, shape and two data_offsets");
    }
    long begin = offsets.get(0);
    long end = offsets.get(1);
    long size = dtype.bytes();
    try {
      for (long n : shape) {
        size = Math.multiplyExact(size, n);
      }
    } catch (ArithmeticException e) {
      throw fail(place, name + ": expected a size below 2^63 bytes, got shape " + shape);
    }
    if (end - begin != size) {
      throw fail(
          place,
          "%s: expected %d bytes for %s %s, got data_offsets %s"
              .formatted(name, size, dtype, shape, offsets));
    }
    return new SafetensorsHeader.Entry(
        dtype, shape.stream().map(Long::intValue).toList(), begin, end);
  }

  private DType readType(JsonParser json, JsonToken value) throws IOException {
    expect(json, value, JsonToken.VALUE_STRING);
    String text = json.getText();
    for (DType dtype : DType.values()) {
      if (dtype.name().equals(text)) {
        return dtype;
      }
    }
    throw fail(
        offset(json), "expected a dtype of " + Arrays.toString(DType.values()) + ", got " + text);
  }

  private List<Long> readSizes(JsonParser json, JsonToken value, long most) throws IOException {
    expect(json, value, JsonToken.START_ARRAY);
    List<Long> sizes = new ArrayList<>();
    while (json.nextToken() != JsonToken.END_ARRAY) {
      expect(json, json.currentToken(), JsonToken.VALUE_NUMBER_INT);
      long size =
          json.getNumberType() == JsonParser.NumberType.BIG_INTEGER ? -1 : json.getLongValue();
      if (size < 0 || size > most) {
        throw fail(offset(json), "expected 0 to " + most + ", got " + json.getText());
      }
      sizes.add(size);
    }
    return sizes;
  }

  /** The data belong to the tensors byte by byte: no overlap, no hole, nothing after the last. */
  private void checkTiling() throws FormatException {
    List<Map.Entry<String, SafetensorsHeader.Entry>> sorted = new ArrayList<>(tensors.entrySet());
    sorted.sort(
        Comparator.comparingLong(
                (Map.Entry<String, SafetensorsHeader.Entry> e) -> e.getValue().begin())
            .thenComparingLong(e -> e.getValue().end()));
    long at = 0;
    for (Map.Entry<String, SafetensorsHeader.Entry> e : sorted) {
      if (e.getValue().begin() != at) {
        throw fail(
            places.getOrDefault(e.getKey(), 0L),
            "%s: expected data from %d on, got %d".formatted(e.getKey(), at, e.getValue().begin()));
      }
      at = e.getValue().end();
    }
    if (at != dataBytes) {
      throw fail(bytes.length, "expected " + at + " bytes of tensors, got " + dataBytes);
    }
  }

  private void expect(JsonParser json, @Nullable JsonToken got, JsonToken wanted)
      throws FormatException {
    if (got != wanted) {
      throw fail(offset(json), "expected " + wanted + ", got " + got);
    }
  }

  private static long offset(JsonParser json) {
    return Math.max(0, json.currentTokenLocation().getByteOffset());
  }

  /** An offset within the header, as the offset within the file. */
  private FormatException fail(long at, String message) {
    return new FormatException(source, Safetensors.LENGTH_BYTES + at, message);
  }
}
