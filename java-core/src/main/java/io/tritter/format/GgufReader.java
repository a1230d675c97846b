package io.tritter.format;

import io.tritter.format.GgufValue.Kind;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads the head of one GGUF file that may be broken or malicious. */
final class GgufReader {
  static final int MAGIC = 0x46554747; // "GGUF"
  static final int VERSION = 3;
  static final String ALIGNMENT = "general.alignment";
  static final int DEFAULT_ALIGNMENT = 32;

  /** More than any tokenizer has, and little enough to be held as objects. */
  private static final int MOST_ELEMENTS = 1 << 22;

  private static final long MOST_BYTES = 100_000_000;
  static final int MOST_ALIGNMENT = 1 << 20;
  static final int MOST_DIMENSIONS = 4;
  private static final int MOST_NAME_BYTES = 1 << 16;

  private static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final String source;
  private final MemorySegment file;
  private long at;
  private int elements;

  GgufReader(String source, MemorySegment file) {
    this.source = source;
    this.file = file;
  }

  /** What the head of a file says; the tensors are views of it. */
  record Head(Map<String, GgufValue> metadata, Map<String, GgufTensor> tensors) {}

  Head read() throws FormatException {
    int magic = int32();
    if (magic != MAGIC) {
      throw fail(0, "expected the letters GGUF, got 0x%08x".formatted(Integer.reverseBytes(magic)));
    }
    long place = at;
    int version = int32();
    if (version != 2 && version != VERSION) {
      throw fail(place, "expected version 2 or 3, little-endian, got " + version);
    }
    long tensorCount = count("tensors", 3 * Long.BYTES);
    long valueCount = count("metadata values", Long.BYTES + Integer.BYTES + 1);
    Map<String, GgufValue> metadata = new LinkedHashMap<>();
    for (long i = 0; i < valueCount; i++) {
      long start = at;
      String key = string(MOST_NAME_BYTES);
      if (metadata.put(key, value()) != null) {
        throw fail(start, "expected another key, got " + key + " again");
      }
    }
    return new Head(Collections.unmodifiableMap(metadata), tensors(tensorCount, metadata));
  }

  private Map<String, GgufTensor> tensors(long count, Map<String, GgufValue> metadata)
      throws FormatException {
    Map<String, Place> places = new LinkedHashMap<>();
    int alignment = alignment(metadata);
    long next = 0;
    for (long i = 0; i < count; i++) {
      long start = at;
      String name = string(MOST_NAME_BYTES);
      Place place = place(name, next);
      if (places.put(name, place) != null) {
        throw fail(start, "expected another name, got " + name + " again");
      }
      next = align(place.end(), alignment);
    }
    long data = align(at, alignment);
    Map<String, GgufTensor> tensors = new LinkedHashMap<>();
    for (Map.Entry<String, Place> e : places.entrySet()) {
      Place p = e.getValue();
      if (p.end() > file.byteSize() - data) {
        throw fail(
            p.at(),
            "%s: expected data up to byte %d, got a file of %d"
                .formatted(e.getKey(), data + p.end(), file.byteSize()));
      }
      tensors.put(
          e.getKey(),
          GgufTensor.of(
              p.type(),
              file.asSlice(data + p.begin(), p.end() - p.begin()),
              p.shape().stream().mapToInt(Integer::intValue).toArray()));
    }
    return Collections.unmodifiableMap(tensors);
  }

  /** Where a tensor lies, from the start of the data, and where the file says so. */
  private record Place(GgufType type, List<Integer> shape, long begin, long end, long at) {}

  /** Reads what follows a tensor's name; the data must begin at {@code next}. */
  private Place place(String name, long next) throws FormatException {
    long start = at;
    int dimensions = int32();
    if (dimensions < 1 || dimensions > MOST_DIMENSIONS) {
      throw fail(start, name + ": expected 1 to 4 dimensions, got " + dimensions);
    }
    int[] shape = new int[dimensions];
    long size = 1;
    for (int i = dimensions - 1; i >= 0; i--) { // the last dimension comes first
      long place = at;
      long n = int64();
      if (n < 1 || n > Integer.MAX_VALUE || size > Long.MAX_VALUE / 64 / n) {
        throw fail(place, name + ": expected a dimension of 1 to 2^31 - 1, got " + n);
      }
      shape[i] = (int) n;
      size *= n;
    }
    GgufType type = type(name);
    int cols = shape[dimensions - 1];
    if (cols % type.blockSize() != 0) {
      throw fail(
          start,
          "%s: expected rows of a multiple of %d for %s, got %d"
              .formatted(name, type.blockSize(), type, cols));
    }
    long place = at;
    long begin = int64();
    if (begin != next) {
      throw fail(place, "%s: expected data from %d on, got %d".formatted(name, next, begin));
    }
    return new Place(
        type, Arrays.stream(shape).boxed().toList(), begin, begin + type.sizeBytes(size), place);
  }

  private GgufType type(String name) throws FormatException {
    long place = at;
    int id = int32();
    for (GgufType type : GgufType.values()) {
      if (type.id() == id) {
        return type;
      }
    }
    throw fail(
        place, "%s: expected a tensor type of %s, got %d".formatted(name, GgufType.known(), id));
  }

  private int alignment(Map<String, GgufValue> metadata) throws FormatException {
    GgufValue value = metadata.get(ALIGNMENT);
    if (value == null) {
      return DEFAULT_ALIGNMENT;
    }
    if (value.content() instanceof Long n
        && n >= 1
        && n <= MOST_ALIGNMENT
        && Long.bitCount(n) == 1) {
      return n.intValue();
    }
    throw fail(
        at, ALIGNMENT + ": expected a power of two up to " + MOST_ALIGNMENT + ", got " + value);
  }

  static long align(long offset, int alignment) {
    return (offset + alignment - 1) & -alignment;
  }

  private GgufValue value() throws FormatException {
    long place = at;
    int id = int32();
    if (id != Kind.ARRAY) {
      Kind kind = kind(id, place);
      return new GgufValue(kind, scalar(kind));
    }
    place = at;
    Kind kind = kind(int32(), place);
    place = at;
    long length = count("elements", kind.bytes);
    if (length > MOST_ELEMENTS - elements) {
      throw fail(place, "expected at most " + MOST_ELEMENTS + " elements, got " + length);
    }
    elements += (int) length;
    List<Object> values = new ArrayList<>((int) length);
    for (long i = 0; i < length; i++) {
      values.add(scalar(kind));
    }
    return new GgufValue(kind, values);
  }

  private Kind kind(int id, long place) throws FormatException {
    for (Kind kind : Kind.values()) {
      if (kind.id == id) {
        return kind;
      }
    }
    throw fail(place, "expected a value type of 0 to 12, no array of arrays, got " + id);
  }

  private Object scalar(Kind kind) throws FormatException {
    return switch (kind) {
      case UINT8 -> (long) (int8() & 0xFF);
      case INT8 -> (long) int8();
      case UINT16 -> (long) (int16() & 0xFFFF);
      case INT16 -> (long) int16();
      case UINT32 -> int32() & 0xFFFFFFFFL;
      case INT32 -> (long) int32();
      case FLOAT32 -> (double) Float.intBitsToFloat(int32());
      case BOOL -> int8() != 0;
      case STRING -> string(MOST_BYTES);
      case UINT64, INT64 -> int64();
      case FLOAT64 -> Double.longBitsToDouble(int64());
    };
  }

  private String string(long most) throws FormatException {
    long place = at;
    long length = int64();
    if (length < 0 || length > Math.min(most, left())) {
      throw fail(
          place,
          "expected a text of at most %d bytes, got %s"
              .formatted(Math.min(most, left()), Long.toUnsignedString(length)));
    }
    byte[] bytes = file.asSlice(at, length).toArray(ValueLayout.JAVA_BYTE);
    at += length;
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw fail(place, "expected UTF-8, got " + e.getMessage());
    }
  }

  /** A number of things that take some bytes each: no more than the file has room for. */
  private long count(String what, long bytesEach) throws FormatException {
    long place = at;
    long n = int64();
    long most = Math.min(left(), MOST_BYTES) / bytesEach;
    if (n < 0 || n > most) {
      throw fail(
          place, "expected at most %d %s, got %s".formatted(most, what, Long.toUnsignedString(n)));
    }
    return n;
  }

  private byte int8() throws FormatException {
    return file.get(ValueLayout.JAVA_BYTE, take(Byte.BYTES));
  }

  private short int16() throws FormatException {
    return file.get(SHORT, take(Short.BYTES));
  }

  private int int32() throws FormatException {
    return file.get(INT, take(Integer.BYTES));
  }

  private long int64() throws FormatException {
    return file.get(LONG, take(Long.BYTES));
  }

  private long take(int bytes) throws FormatException {
    if (left() < bytes) {
      throw fail(at, "expected " + bytes + " more bytes, got the end of the file");
    }
    at += bytes;
    if (at > MOST_BYTES) {
      throw fail(at, "expected tensors before byte " + MOST_BYTES + ", got more metadata");
    }
    return at - bytes;
  }

  private long left() {
    return file.byteSize() - at;
  }

  private FormatException fail(long place, String message) {
    return new FormatException(source, place, message);
  }
}
