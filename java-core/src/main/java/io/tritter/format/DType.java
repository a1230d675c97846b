package io.tritter.format;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * Types of the elements of a stored tensor, little-endian, in the order of the reference
 * implementation: by alignment, which is also the order of a file's tensors, backwards.
 */
public enum DType {
  BOOL(1),
  U8(1),
  I8(1),
  F16(2),
  BF16(2),
  I32(4),
  F32(4),
  F64(8),
  I64(8);

  private static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfDouble DOUBLE =
      ValueLayout.JAVA_DOUBLE_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final int bytes;

  DType(int bytes) {
    this.bytes = bytes;
  }

  /** Bytes of one element. */
  public int bytes() {
    return bytes;
  }

  /** Whether {@link StoredTensor#toLongs} reads it. */
  public boolean isInteger() {
    return this != F16 && this != BF16 && this != F32 && this != F64;
  }

  /** The element at a flat index, rounded to float32. */
  float toFloat(MemorySegment data, long index) {
    return switch (this) {
      case F32 -> data.get(FLOAT, index * 4);
      case F16 -> Float.float16ToFloat(data.get(SHORT, index * 2));
      case BF16 -> Float.intBitsToFloat(data.get(SHORT, index * 2) << 16);
      case F64 -> (float) data.get(DOUBLE, index * 8);
      case BOOL, U8, I8, I32, I64 -> toLong(data, index);
    };
  }

  /** The element at a flat index of an integer type. */
  long toLong(MemorySegment data, long index) {
    return switch (this) {
      case BOOL -> data.get(ValueLayout.JAVA_BYTE, index) == 0 ? 0 : 1;
      case U8 -> data.get(ValueLayout.JAVA_BYTE, index) & 0xFF;
      case I8 -> data.get(ValueLayout.JAVA_BYTE, index);
      case I32 -> data.get(INT, index * 4);
      case I64 -> data.get(LONG, index * 8);
      case F16, BF16, F32, F64 -> throw new IllegalStateException(this + " is no integer type");
    };
  }
}
