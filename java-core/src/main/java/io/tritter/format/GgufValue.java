package io.tritter.format;

import io.tritter.tensor.Check;
import java.util.List;

/**
 * One value of a GGUF file's metadata, with the type that the file gives it.
 *
 * @param kind of the value, or of the elements of an array
 * @param content a {@code Long} (integers, as the file's bits say when unsigned), {@code Double},
 *     {@code Boolean} or {@code String}; for an array a {@code List} of these
 */
public record GgufValue(Kind kind, Object content) {
  public GgufValue {
    if (content instanceof List<?> list) {
      content = List.copyOf(list);
    }
    for (Object one : content instanceof List<?> list ? list : List.of(content)) {
      if (!kind.holds(one)) {
        throw Check.expected("content", kind + " of type " + kind.type.getSimpleName(), one);
      }
    }
  }

  /** Types of values, in the order of their numbers; 9 is the array. */
  public enum Kind {
    UINT8(0, 1, Long.class),
    INT8(1, 1, Long.class),
    UINT16(2, 2, Long.class),
    INT16(3, 2, Long.class),
    UINT32(4, 4, Long.class),
    INT32(5, 4, Long.class),
    FLOAT32(6, 4, Double.class),
    BOOL(7, 1, Boolean.class),
    /** A length of 8 bytes, then UTF-8. */
    STRING(8, 8, String.class),
    UINT64(10, 8, Long.class),
    INT64(11, 8, Long.class),
    FLOAT64(12, 8, Double.class);

    static final int ARRAY = 9;

    final int id;

    /** Bytes of a value, the least for a string. */
    final int bytes;

    final Class<?> type;

    Kind(int id, int bytes, Class<?> type) {
      this.id = id;
      this.bytes = bytes;
      this.type = type;
    }

    /** Whether a value has the type, and its bits fit. */
    boolean holds(Object value) {
      if (!type.isInstance(value)) {
        return false;
      }
      return switch (this) {
        case UINT8, UINT16, UINT32 -> (Long) value >>> (8 * bytes) == 0;
        case INT8, INT16, INT32 -> {
          int unused = Long.SIZE - 8 * bytes;
          yield (Long) value << unused >> unused == (Long) value;
        }
        default -> true;
      };
    }
  }

  public static GgufValue uint32(long value) {
    return new GgufValue(Kind.UINT32, value);
  }

  public static GgufValue float32(float value) {
    return new GgufValue(Kind.FLOAT32, (double) value);
  }

  public static GgufValue bool(boolean value) {
    return new GgufValue(Kind.BOOL, value);
  }

  public static GgufValue string(String value) {
    return new GgufValue(Kind.STRING, value);
  }

  public static GgufValue strings(List<String> values) {
    return new GgufValue(Kind.STRING, values);
  }

  public static GgufValue floats(List<Float> values) {
    return new GgufValue(Kind.FLOAT32, values.stream().map(Float::doubleValue).toList());
  }

  public static GgufValue ints(List<Integer> values) {
    return new GgufValue(Kind.INT32, values.stream().map(Integer::longValue).toList());
  }

  /** Whether it is an array. */
  public boolean isArray() {
    return content instanceof List;
  }

  /**
   * The value of an integer.
   *
   * @throws IllegalArgumentException if it is none
   */
  public long asLong() {
    if (content instanceof Long l) {
      return l;
    }
    throw Check.expected("value", "an integer", this);
  }

  /**
   * The value of a number.
   *
   * @throws IllegalArgumentException if it is none
   */
  public double asDouble() {
    if (content instanceof Number n) {
      return n.doubleValue();
    }
    throw Check.expected("value", "a number", this);
  }

  /**
   * The value of a string.
   *
   * @throws IllegalArgumentException if it is none
   */
  public String asString() {
    if (content instanceof String s) {
      return s;
    }
    throw Check.expected("value", "a string", this);
  }

  /**
   * The elements of an array of strings.
   *
   * @throws IllegalArgumentException if it is none
   */
  public List<String> asStrings() {
    if (kind == Kind.STRING && content instanceof List<?> list) {
      return list.stream().map(String.class::cast).toList();
    }
    throw Check.expected("value", "an array of strings", this);
  }

  @Override
  public String toString() {
    return content instanceof List<?> list
        ? "an array of " + list.size() + " " + kind
        : kind + " " + content;
  }
}
