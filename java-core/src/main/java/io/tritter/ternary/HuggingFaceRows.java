package io.tritter.ternary;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/** Four rows a byte row, see {@link HuggingFaceLayout}; a piece is a byte row. */
final class HuggingFaceRows extends TritPlaces {
  private static final StrandCode CODE = StrandCode.LOW_FIRST;

  /** Four trits of -1, which are stored as zero bits: what stands for rows that do not exist. */
  private static final byte NO_ROW = (byte) 0xaa;

  @Override
  void check(int cols) {
    // any number of columns
  }

  @Override
  long sizeBytes(int rows, int cols) {
    return (long) pieces(rows) * cols;
  }

  @Override
  int pieces(int rows) {
    return HuggingFaceLayout.byteRows(rows);
  }

  @Override
  void encode(TritMatrix trits, int p, byte[] out) {
    int rows = trits.rows();
    int stride = TritMatrix.rowBytes(trits.cols());
    byte[] strands = new byte[CODE.strands * stride];
    Arrays.fill(strands, NO_ROW);
    for (int i = 0, row = p; row < rows; i++, row += pieces(rows)) {
      trits.read(row, strands, i * stride);
    }
    byte[] bytes = new byte[4 * stride];
    CODE.encode(strands, 0, bytes, 0, bytes.length);
    System.arraycopy(bytes, 0, out, p * trits.cols(), trits.cols());
  }

  @Override
  boolean decode(MemorySegment bytes, int p, int rows, int cols, byte[] out) {
    int stride = TritMatrix.rowBytes(cols);
    byte[] stored = new byte[4 * stride];
    read(bytes, (long) p * cols, stored, 0, cols);
    // Columns behind the last one: a trit of 0 in the rows that there are.
    int present = Math.ceilDiv(rows - p, pieces(rows));
    Arrays.fill(stored, cols, stored.length, (byte) (0x55 & ((1 << (2 * present)) - 1)));
    byte[] strands = new byte[CODE.strands * stride];
    boolean right = CODE.decode(stored, 0, stored.length, strands, 0);
    for (int i = 0; i < CODE.strands; i++) {
      if (i < present) {
        System.arraycopy(strands, i * stride, out, (p + i * pieces(rows)) * stride, stride);
      } else {
        for (int k = i * stride; k < (i + 1) * stride; k++) {
          right &= strands[k] == NO_ROW;
        }
      }
    }
    return right;
  }

  @Override
  IllegalArgumentException wrong(MemorySegment bytes, int p, int rows, int cols) {
    byte[] stored = new byte[cols];
    read(bytes, (long) p * cols, stored, 0, cols);
    for (int c = 0; ; c++) {
      for (int i = 0; i < CODE.strands; i++) {
        int field = TritMatrix.code(stored[c], i);
        int row = p + i * pieces(rows);
        if (row < rows ? field == 3 : field != 0) {
          return wrongField(
              row, c, field, row < rows ? "a field of 0 to 2" : "0, as there is no such row");
        }
      }
    }
  }
}
