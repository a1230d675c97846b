package io.tritter.ternary;

import io.tritter.tensor.Check;
import java.lang.foreign.MemorySegment;
import java.util.List;

/** Rows cut into blocks, a block into stretches, each of them strands; a piece is a row. */
final class StrandBlocks extends TritPlaces {
  /** {@code width} bytes of {@code code.strands * width} trits. */
  record Stretch(StrandCode code, int width) {
    int trits() {
      return code.strands * width;
    }
  }

  static final StrandBlocks TQ2_0 =
      new StrandBlocks(
          Short.BYTES,
          new Stretch(StrandCode.LOW_FIRST, 32),
          new Stretch(StrandCode.LOW_FIRST, 32));
  static final StrandBlocks TQ1_0 =
      new StrandBlocks(
          Short.BYTES,
          new Stretch(StrandCode.BASE3, 32),
          new Stretch(StrandCode.BASE3, 16),
          new Stretch(StrandCode.BASE3_OF_FOUR, 4));
  static final StrandBlocks I2_S = new StrandBlocks(0, new Stretch(StrandCode.HIGH_FIRST, 32));
  static final StrandBlocks I2_S_ARM = new StrandBlocks(0, new Stretch(StrandCode.HIGH_FIRST, 16));

  private final List<Stretch> stretches;
  private final int blockTrits;
  private final int blockBytes;

  /**
   * Blocks of these stretches.
   *
   * @param behind bytes of a block behind the trits, for a scale
   */
  private StrandBlocks(int behind, Stretch... stretches) {
    this.stretches = List.of(stretches);
    blockTrits = this.stretches.stream().mapToInt(Stretch::trits).sum();
    blockBytes = this.stretches.stream().mapToInt(Stretch::width).sum() + behind;
  }

  int blockTrits() {
    return blockTrits;
  }

  int blockBytes() {
    return blockBytes;
  }

  @Override
  void check(int cols) {
    checkMultiple(cols, blockTrits);
  }

  @Override
  long sizeBytes(int rows, int cols) {
    return (long) rows * rowBytes(cols);
  }

  private int rowBytes(int cols) {
    return size((long) cols / blockTrits * blockBytes);
  }

  @Override
  int pieces(int rows) {
    return rows;
  }

  @Override
  void encode(TritMatrix trits, int p, byte[] out) {
    byte[] row = trits.read(p);
    int from = 0;
    int block = p * rowBytes(trits.cols());
    for (; from < row.length; block += blockBytes) {
      int at = block;
      for (Stretch s : stretches) {
        s.code.encode(row, from, out, at, s.width);
        at += s.width;
        from += s.trits() / 4;
      }
    }
  }

  @Override
  boolean decode(MemorySegment bytes, int p, int rows, int cols, byte[] out) {
    byte[] stored = row(bytes, p, cols);
    int stride = TritMatrix.rowBytes(cols);
    boolean right = true;
    int to = p * stride;
    for (int block = 0; block < stored.length; block += blockBytes) {
      int at = block;
      for (Stretch s : stretches) {
        right &= s.code.decode(stored, at, s.width, out, to);
        at += s.width;
        to += s.trits() / 4;
      }
    }
    return right;
  }

  @Override
  IllegalArgumentException wrong(MemorySegment bytes, int p, int rows, int cols) {
    byte[] stored = row(bytes, p, cols);
    for (int block = 0; block < stored.length; block += blockBytes) {
      int at = block;
      int col = block / blockBytes * blockTrits;
      for (Stretch s : stretches) {
        for (int k = 0; k < s.width; k++) {
          byte b = stored[at + k];
          if (!s.code.known(b)) {
            int strand = s.code.strandOfThree(b);
            return strand >= 0
                ? wrongField(p, col + strand * s.width + k, 3, "a field of 0 to 2")
                : Check.expected(
                    "byte " + ((long) p * stored.length + at + k),
                    "the base-3 code of " + s.code.strands + " trits",
                    b & 255);
          }
        }
        at += s.width;
        col += s.trits();
      }
    }
    throw new AssertionError("row " + p + " is right");
  }

  private byte[] row(MemorySegment bytes, int p, int cols) {
    byte[] stored = new byte[rowBytes(cols)];
    read(bytes, (long) p * stored.length, stored, 0, stored.length);
    return stored;
  }
}
