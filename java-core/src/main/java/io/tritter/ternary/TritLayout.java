package io.tritter.ternary;

import io.tritter.tensor.Check;
import io.tritter.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.Locale;

/**
 * The published layouts of ternary matrices, to the byte and both ways; docs/formats.md has their
 * bits.
 *
 * <p>What a layout cannot hold is refused before a byte is written, and bytes that no encoder
 * writes are refused with their position: {@code decode} and {@code encode} are inverses.
 */
public enum TritLayout {
  /** The bytes of a {@link TritMatrix}. No scale. */
  TRITTER,

  /** uint8 [ceil(rows / 4), cols] of transformers; see {@link HuggingFaceLayout}. No scale. */
  HUGGINGFACE,

  /** GGUF: blocks of 256 trits in 66 bytes, the last two a float16 scale. */
  TQ2_0,

  /** GGUF: blocks of 256 trits in 54 bytes, five trits a byte, the last two a float16 scale. */
  TQ1_0,

  /**
   * bitnet.cpp on x86: blocks of 128 trits in 32 bytes; a float32 scale and 28 bytes at the end.
   */
  I2_S,

  /** bitnet.cpp on ARM: as {@link #I2_S}, with blocks of 64 trits in 16 bytes. */
  I2_S_ARM,

  /** torchao: two's complement, the first of four trits in the high bits. No scale. */
  TORCHAO;

  private TritPlaces places() {
    return switch (this) {
      case TRITTER -> ByteTable.TRITTER;
      case HUGGINGFACE -> HuggingFaceLayout.PLACES;
      case TQ2_0 -> StrandBlocks.TQ2_0;
      case TQ1_0 -> StrandBlocks.TQ1_0;
      case I2_S -> StrandBlocks.I2_S;
      case I2_S_ARM -> StrandBlocks.I2_S_ARM;
      case TORCHAO -> ByteTable.TORCHAO;
    };
  }

  private LayoutScales scales() {
    return switch (this) {
      case TRITTER, HUGGINGFACE, TORCHAO -> LayoutScales.NONE;
      case TQ2_0, TQ1_0 -> LayoutScales.BLOCK;
      case I2_S, I2_S_ARM -> LayoutScales.TAIL;
    };
  }

  /**
   * The layout of a name in any case, such as {@code tq2_0}.
   *
   * @throws IllegalArgumentException for an unknown name; the message has the known ones
   */
  public static TritLayout named(String name) {
    return Check.constant("layout", TritLayout.class, name);
  }

  /**
   * Bytes of a matrix, scales included.
   *
   * @throws IllegalArgumentException for a number of columns that the layout cannot hold
   */
  public long sizeBytes(int rows, int cols) {
    Check.atLeast("rows", rows, 1);
    Check.atLeast("columns", cols, 1);
    places().check(cols);
    return places().sizeBytes(rows, cols) + scales().tailBytes();
  }

  /**
   * The bytes of a matrix with its scales. TQ1_0 and TQ2_0 round them to float16; a layout without
   * scales leaves them to the caller, to be stored beside.
   *
   * @param weights scales [1], [rows], or [rows, blocks of the layout]
   * @throws IllegalArgumentException for columns or scales that the layout cannot hold
   */
  public byte[] encode(ScaledTrits weights) {
    TritMatrix trits = weights.trits();
    byte[] out = new byte[TritPlaces.size(sizeBytes(trits.rows(), trits.cols()))];
    scales().write(weights, places(), out);
    places().encode(trits, out);
    return out;
  }

  /** {@link #encode(ScaledTrits)} with one scale for the matrix. */
  public byte[] encode(TritMatrix trits, float scale) {
    return encode(new ScaledTrits(trits, Tensor.of(new float[] {scale}, 1)));
  }

  /**
   * The matrix of stored bytes, with scales [rows, blocks] of TQ1_0 and TQ2_0, else [1]; 1 where
   * the layout has none.
   *
   * @throws IllegalArgumentException for another size, for what is no trit, with its position, and
   *     for a scale that is NaN or infinite
   */
  public ScaledTrits decode(MemorySegment bytes, int rows, int cols) {
    long size = sizeBytes(rows, cols);
    if (bytes.byteSize() != size) {
      throw Check.expected(
          "bytes",
          "%d for %d rows of %d trits in %s"
              .formatted(size, rows, cols, name().toLowerCase(Locale.ROOT)),
          bytes.byteSize());
    }
    Tensor scales = scales().read(bytes, places(), rows, cols);
    return new ScaledTrits(places().decode(bytes, rows, cols), scales);
  }

  /**
   * {@code target.encode(source.decode(bytes))}. Scales are lost where the target has none: {@link
   * #decode} gives them.
   */
  public static byte[] convert(
      MemorySegment bytes, int rows, int cols, TritLayout source, TritLayout target) {
    target.sizeBytes(rows, cols); // refuses the shape before the work
    return target.encode(source.decode(bytes, rows, cols));
  }
}
