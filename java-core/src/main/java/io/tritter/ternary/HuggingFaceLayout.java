package io.tritter.ternary;

import io.tritter.tensor.Check;
import java.lang.foreign.MemorySegment;

/**
 * The layout of BitNet weights in Hugging Face transformers: uint8 [R, cols] with R = ceil(rows /
 * 4); row {@code i * R + r} of the matrix stands in bits 2i and 2i+1 of byte row r, as trit + 1.
 * Bits of rows that do not exist are zero. {@link TritLayout#HUGGINGFACE} without a scale.
 */
public final class HuggingFaceLayout {
  static final HuggingFaceRows PLACES = new HuggingFaceRows();

  private HuggingFaceLayout() {}

  /** Byte rows of the layout. */
  public static int byteRows(int rows) {
    return Math.ceilDiv(rows, 4);
  }

  /** The bytes of a matrix, uint8 [byteRows(rows), cols]. */
  public static byte[] encode(TritMatrix matrix) {
    byte[] out = new byte[TritPlaces.size(PLACES.sizeBytes(matrix.rows(), matrix.cols()))];
    PLACES.encode(matrix, out);
    return out;
  }

  /**
   * The matrix of stored bytes.
   *
   * @param stored uint8 [byteRows(rows), cols]
   * @throws IllegalArgumentException for another size, for a field of 3, which is no trit, and for
   *     bits of rows that do not exist
   */
  public static TritMatrix decode(MemorySegment stored, int rows, int cols) {
    long size = PLACES.sizeBytes(rows, cols);
    if (stored.byteSize() != size) {
      throw Check.expected("stored", size + " bytes", stored.byteSize());
    }
    return PLACES.decode(stored, rows, cols);
  }
}
