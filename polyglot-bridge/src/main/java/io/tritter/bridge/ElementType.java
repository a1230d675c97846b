package io.tritter.bridge;

import io.tritter.tensor.Check;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.Locale;

/** The element types of arrays from Python, by NumPy's names. */
enum ElementType {
  FLOAT32(4) {
    @Override
    double get(MemorySegment s, long i) {
      return s.get(ValueLayout.JAVA_FLOAT_UNALIGNED, i << 2);
    }
  },
  FLOAT64(8) {
    @Override
    double get(MemorySegment s, long i) {
      return s.get(ValueLayout.JAVA_DOUBLE_UNALIGNED, i << 3);
    }
  },
  INT8(1) {
    @Override
    double get(MemorySegment s, long i) {
      return s.get(ValueLayout.JAVA_BYTE, i);
    }
  },
  UINT8(1) {
    @Override
    double get(MemorySegment s, long i) {
      return s.get(ValueLayout.JAVA_BYTE, i) & 0xff;
    }
  },
  INT16(2) {
    @Override
    double get(MemorySegment s, long i) {
      return s.get(ValueLayout.JAVA_SHORT_UNALIGNED, i << 1);
    }
  },
  UINT16(2) {
    @Override
    double get(MemorySegment s, long i) {
      return s.get(ValueLayout.JAVA_CHAR_UNALIGNED, i << 1);
    }
  },
  INT32(4) {
    @Override
    double get(MemorySegment s, long i) {
      return s.get(ValueLayout.JAVA_INT_UNALIGNED, i << 2);
    }
  },
  UINT32(4) {
    @Override
    double get(MemorySegment s, long i) {
      return Integer.toUnsignedLong(s.get(ValueLayout.JAVA_INT_UNALIGNED, i << 2));
    }
  },
  INT64(8) {
    @Override
    double get(MemorySegment s, long i) {
      return s.get(ValueLayout.JAVA_LONG_UNALIGNED, i << 3);
    }
  };

  private final int bytes;

  ElementType(int bytes) {
    this.bytes = bytes;
  }

  int bytes() {
    return bytes;
  }

  /** Element {@code i}; an int64 beyond 2^53 is rounded, and is far outside int32 either way. */
  abstract double get(MemorySegment s, long i);

  static ElementType named(String name) {
    for (ElementType type : values()) {
      if (type.name().toLowerCase(Locale.ROOT).equals(name)) {
        return type;
      }
    }
    throw Check.expected("dtype", "one of " + Arrays.toString(values()), name);
  }

  /** Writes {@code to[i] = from[i]} for float32, int32 and int8 targets. */
  static void convert(
      MemorySegment from, ElementType fromType, MemorySegment to, ElementType toType, long size) {
    for (long i = 0; i < size; i++) {
      double value = fromType.get(from, i);
      switch (toType) {
        case FLOAT32 -> to.set(ValueLayout.JAVA_FLOAT_UNALIGNED, i << 2, (float) value);
        case INT32 -> to.set(ValueLayout.JAVA_INT_UNALIGNED, i << 2, exact(value, (int) value, i));
        case INT8 -> to.set(ValueLayout.JAVA_BYTE, i, (byte) exact(value, (byte) value, i));
        default -> throw Check.expected("dtype", "float32, int32 or int8", toType);
      }
    }
  }

  /** Refuses a value that the conversion changed. */
  private static int exact(double value, int converted, long index) {
    if (converted != value) {
      throw Check.expected("element " + index, "a whole number in range", value);
    }
    return converted;
  }
}
