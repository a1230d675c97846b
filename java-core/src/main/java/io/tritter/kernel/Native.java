package io.tritter.kernel;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** Element access to native memory by index, and the check that memory is native. */
final class Native {
  static final ByteOrder ORDER = ByteOrder.nativeOrder();
  static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;
  static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;
  static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED;
  static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED;
  static final ValueLayout.OfByte BYTE = ValueLayout.JAVA_BYTE;

  private Native() {}

  static float get(MemorySegment s, long index) {
    return s.get(FLOAT, index << 2);
  }

  static void set(MemorySegment s, long index, float value) {
    s.set(FLOAT, index << 2, value);
  }

  static int getInt(MemorySegment s, long index) {
    return s.get(INT, index << 2);
  }

  static void setInt(MemorySegment s, long index, int value) {
    s.set(INT, index << 2, value);
  }

  static short getShort(MemorySegment s, long index) {
    return s.get(SHORT, index << 1);
  }

  static void setShort(MemorySegment s, long index, short value) {
    s.set(SHORT, index << 1, value);
  }

  static byte getByte(MemorySegment s, long index) {
    return s.get(BYTE, index);
  }

  static void setByte(MemorySegment s, long index, byte value) {
    s.set(BYTE, index, value);
  }

  /** Refuses a heap segment or one that is too small: the one check at the edge of each kernel. */
  static void check(String name, MemorySegment s, long elements, int elementBytes) {
    if (!s.isNative()) {
      throw new IllegalArgumentException(name + ": expected native memory, got a heap segment");
    }
    if (s.byteSize() < elements * elementBytes) {
      throw new IllegalArgumentException(
          "%s: expected at least %d bytes, got %d"
              .formatted(name, elements * elementBytes, s.byteSize()));
    }
  }

  /** {@link #check} for float32. */
  static void check(String name, MemorySegment s, long elements) {
    check(name, s, elements, Float.BYTES);
  }
}
