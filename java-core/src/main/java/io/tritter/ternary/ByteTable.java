package io.tritter.ternary;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * Four consecutive trits a byte, as in a {@link TritMatrix}, but in another code; a piece is a row.
 */
final class ByteTable extends TritPlaces {
  /** The bytes of a {@link TritMatrix} themselves. */
  static final ByteTable TRITTER = new ByteTable(1, /* lowFirst= */ true, /* minus= */ 2);

  /** Two's complement, the first trit in the high bits. */
  static final ByteTable TORCHAO = new ByteTable(4, /* lowFirst= */ false, /* minus= */ 3);

  private static final short INVALID = -1;

  private final int multiple;
  private final boolean lowFirst;
  private final int minus;
  private final byte[] encode = new byte[256];
  private final short[] decode = new short[256];

  /**
   * A code with 0 and +1 as they are.
   *
   * @param multiple what the number of columns has to be a multiple of
   * @param minus field that stands for -1
   */
  private ByteTable(int multiple, boolean lowFirst, int minus) {
    this.multiple = multiple;
    this.lowFirst = lowFirst;
    this.minus = minus;
    Arrays.fill(decode, INVALID);
    for (int b = 0; b < 256; b++) {
      int stored = 0;
      boolean trits = true;
      for (int i = 0; i < 4; i++) {
        int code = TritMatrix.code(b, i);
        stored |= (code == 2 ? minus : code) << (2 * place(i));
        trits &= code != 3;
      }
      if (trits) {
        encode[b] = (byte) stored;
        decode[stored] = (short) b;
      }
    }
  }

  private int place(int i) {
    return lowFirst ? i : 3 - i;
  }

  @Override
  void check(int cols) {
    checkMultiple(cols, multiple);
  }

  @Override
  long sizeBytes(int rows, int cols) {
    return (long) rows * TritMatrix.rowBytes(cols);
  }

  @Override
  int pieces(int rows) {
    return rows;
  }

  @Override
  void encode(TritMatrix trits, int p, byte[] out) {
    int count = TritMatrix.rowBytes(trits.cols());
    int from = p * count;
    trits.read(p, out, from);
    for (int i = from; i < from + count; i++) {
      out[i] = encode[out[i] & 255];
    }
  }

  @Override
  boolean decode(MemorySegment bytes, int p, int rows, int cols, byte[] out) {
    int count = TritMatrix.rowBytes(cols);
    int from = p * count;
    read(bytes, from, out, from, count);
    int all = 0;
    for (int i = from; i < from + count; i++) {
      int code = decode[out[i] & 255];
      out[i] = (byte) code;
      all |= code;
    }
    return all >= 0;
  }

  @Override
  IllegalArgumentException wrong(MemorySegment bytes, int p, int rows, int cols) {
    byte[] row = new byte[TritMatrix.rowBytes(cols)];
    read(bytes, (long) p * row.length, row, 0, row.length);
    int unused = 5 - minus; // of the fields 2 and 3
    for (int c = 0; ; c++) {
      if (TritMatrix.code(row[c / 4], place(c % 4)) == unused) {
        return wrongField(p, c, unused, "a field of 0, 1 or " + minus);
      }
    }
  }
}
