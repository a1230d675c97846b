package io.tritter.ternary;

import io.tritter.tensor.Check;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * The layout of BitNet weights in Hugging Face transformers: uint8 [R, cols] with R = ceil(rows /
 * 4); row {@code i * R + r} of the matrix stands in bits 2i and 2i+1 of byte row r, as trit + 1.
 * Bits of rows that do not exist are zero.
 */
public final class HuggingFaceLayout {
  /** From the 2-bit codes (0 = 00, +1 = 01, -1 = 10) to trit + 1. */
  private static final byte[] FROM_CODE = {1, 2, 0};

  /** From trit + 1 to the 2-bit codes. */
  private static final byte[] TO_CODE = {2, 0, 1};

  private HuggingFaceLayout() {}

  /** Byte rows of the layout. */
  public static int byteRows(int rows) {
    return (rows + 3) / 4;
  }

  /** The bytes of a matrix, uint8 [byteRows(rows), cols]. */
  public static byte[] encode(TritMatrix matrix) {
    int rows = matrix.rows();
    int cols = matrix.cols();
    int byteRows = byteRows(rows);
    int stride = TritMatrix.rowBytes(cols);
    byte[] out = new byte[Math.multiplyExact(byteRows, cols)];
    for (int row = 0; row < rows; row++) {
      byte[] trits = bytes(matrix.bytes(), (long) row * stride, stride);
      int to = row % byteRows * cols;
      int shift = 2 * (row / byteRows);
      for (int c = 0; c < cols; c++) {
        int code = (trits[c >> 2] >> (2 * (c & 3))) & 3;
        out[to + c] |= (byte) (FROM_CODE[code] << shift);
      }
    }
    return out;
  }

  /**
   * The matrix of stored bytes.
   *
   * @param stored uint8 [byteRows(rows), cols]
   * @throws IllegalArgumentException for another size, and for a field of 3, which is no trit
   */
  public static TritMatrix decode(MemorySegment stored, int rows, int cols) {
    int byteRows = byteRows(rows);
    if (stored.byteSize() != (long) byteRows * cols) {
      throw Check.expected("stored", (long) byteRows * cols + " bytes", stored.byteSize());
    }
    int stride = TritMatrix.rowBytes(cols);
    byte[] out = new byte[Math.multiplyExact(rows, stride)];
    for (int row = 0; row < rows; row++) {
      byte[] fields = bytes(stored, (long) (row % byteRows) * cols, cols);
      int shift = 2 * (row / byteRows);
      for (int c = 0; c < cols; c++) {
        int field = (fields[c] >> shift) & 3;
        if (field == 3) {
          throw Check.expected("trit [" + row + ", " + c + "]", "a field of 0 to 2", 3);
        }
        out[row * stride + (c >> 2)] |= (byte) (TO_CODE[field] << (2 * (c & 3)));
      }
    }
    return TritMatrix.of(MemorySegment.ofArray(out), rows, cols);
  }

  private static byte[] bytes(MemorySegment memory, long offset, int count) {
    return memory.asSlice(offset, count).toArray(ValueLayout.JAVA_BYTE);
  }
}
