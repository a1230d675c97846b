package io.tritter.format;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.StreamReadFeature;
import io.tritter.tensor.Check;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The header of a safetensors file. One that was parsed is consistent: the tensors lie within the
 * data, back to back, without overlap or hole, each with the bytes that type and shape ask for.
 *
 * @param tensors by name, in the order of the header
 * @param metadata the strings under {@code __metadata__}
 */
record SafetensorsHeader(Map<String, Entry> tensors, Map<String, String> metadata) {
  /** The limit of the reference implementation. */
  static final int MOST_BYTES = 100_000_000;

  static final String METADATA = "__metadata__";

  static final JsonFactory JSON =
      JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  /**
   * Where one tensor lies.
   *
   * @param begin first byte, counted from the end of the header
   * @param end one past its last byte
   */
  record Entry(DType dtype, List<Integer> shape, long begin, long end) {}

  /** Lays tensors out by descending type, then by name. */
  static SafetensorsHeader of(
      Map<String, TensorPieces.Layout> tensors, Map<String, String> metadata) {
    if (tensors.containsKey(METADATA)) {
      throw Check.expected("name", "another than " + METADATA, METADATA);
    }
    List<Map.Entry<String, TensorPieces.Layout>> sorted = new ArrayList<>(tensors.entrySet());
    sorted.sort(
        Comparator.comparing(
                (Map.Entry<String, TensorPieces.Layout> e) -> e.getValue().dtype(),
                Comparator.reverseOrder())
            .thenComparing(
                e -> e.getKey().getBytes(StandardCharsets.UTF_8), Arrays::compareUnsigned));
    Map<String, Entry> entries = new LinkedHashMap<>();
    long at = 0;
    for (Map.Entry<String, TensorPieces.Layout> e : sorted) {
      TensorPieces.Layout tensor = e.getValue();
      List<Integer> shape = Arrays.stream(tensor.shape()).boxed().toList();
      long end = at + tensor.sizeBytes();
      entries.put(e.getKey(), new Entry(tensor.dtype(), shape, at, end));
      at = end;
    }
    return new SafetensorsHeader(
        Collections.unmodifiableMap(entries), Collections.unmodifiableMap(new TreeMap<>(metadata)));
  }

  /**
   * Reads a header.
   *
   * @param source the file, for messages
   * @param json the header's bytes, which begin at byte 8 of the file
   * @param dataBytes size of what follows the header
   */
  static SafetensorsHeader parse(String source, byte[] json, long dataBytes)
      throws FormatException {
    return new SafetensorsParser(source, json, dataBytes).parse();
  }

  /** JSON without white space, padded with spaces so that the data begin at a multiple of 8. */
  byte[] toBytes() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (JsonGenerator json = JSON.createGenerator(bytes)) {
      json.writeStartObject();
      if (!metadata.isEmpty()) {
        json.writeObjectFieldStart(METADATA);
        for (Map.Entry<String, String> e : metadata.entrySet()) {
          json.writeStringField(e.getKey(), e.getValue());
        }
        json.writeEndObject();
      }
      for (Map.Entry<String, Entry> e : tensors.entrySet()) {
        Entry entry = e.getValue();
        json.writeObjectFieldStart(e.getKey());
        json.writeStringField("dtype", entry.dtype().name());
        json.writeFieldName("shape");
        int[] shape = entry.shape().stream().mapToInt(Integer::intValue).toArray();
        json.writeArray(shape, 0, shape.length);
        json.writeFieldName("data_offsets");
        json.writeArray(new long[] {entry.begin(), entry.end()}, 0, 2);
        json.writeEndObject();
      }
      json.writeEndObject();
    } catch (IOException e) {
      throw new IllegalArgumentException("header: expected Unicode text, got " + this, e);
    }
    while (bytes.size() % Long.BYTES != 0) {
      bytes.write(' ');
    }
    if (bytes.size() > MOST_BYTES) {
      throw Check.expected("header", "at most " + MOST_BYTES + " bytes", bytes.size());
    }
    return bytes.toByteArray();
  }
}
