package io.tritter.format;

import java.util.Arrays;

/** Types of the tensors of a GGUF file that are read and written here: blocks of elements. */
public enum GgufType {
  F32(0, 1, 4),
  F16(1, 1, 2),
  /** 32 signed bytes after a float16 scale, absmax / 127. */
  Q8_0(8, 32, 34),
  BF16(30, 1, 2),
  /** 256 trits, five a byte, and a float16 scale. */
  TQ1_0(34, 256, 54),
  /** 256 trits, four a byte, and a float16 scale. */
  TQ2_0(35, 256, 66);

  private final int id;
  private final int blockSize;
  private final int blockBytes;

  GgufType(int id, int blockSize, int blockBytes) {
    this.id = id;
    this.blockSize = blockSize;
    this.blockBytes = blockBytes;
  }

  /** The number that stands for it in a file. */
  public int id() {
    return id;
  }

  /** Elements of a block; a row is a whole number of blocks. */
  public int blockSize() {
    return blockSize;
  }

  /** Bytes of a block. */
  public int blockBytes() {
    return blockBytes;
  }

  /** Bytes of some elements, a whole number of blocks. */
  long sizeBytes(long elements) {
    return Math.multiplyExact(elements / blockSize, (long) blockBytes);
  }

  /** The types' names, for messages. */
  static String known() {
    return Arrays.toString(values());
  }
}
