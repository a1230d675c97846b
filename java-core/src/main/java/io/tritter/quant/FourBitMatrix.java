package io.tritter.quant;

import io.tritter.kernel.Encoded;
import io.tritter.kernel.Kernels;
import io.tritter.nn.EncodedMatrix;
import io.tritter.tensor.Check;
import io.tritter.tensor.NativeMemory;
import io.tritter.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * A matrix in 4 bits a weight, to the byte what bitsandbytes makes of it: {@code numbers[code] *
 * absmax[index / blockSize]}, blocks running over the ends of rows.
 */
public final class FourBitMatrix implements EncodedMatrix {
  /** The block size that bitsandbytes takes where none is asked for. */
  public static final int BLOCK_SIZE = 64;

  private static final int FEWEST = 32;
  private static final int MOST = 4096;

  private final int rows;
  private final int cols;
  private final FourBitCode code;
  private final MemorySegment codes;
  private final Tensor absmax;
  private final int blockSize;
  private final @Nullable NestedScales nested;

  private FourBitMatrix(
      int rows,
      int cols,
      FourBitCode code,
      MemorySegment codes,
      Tensor absmax,
      int blockSize,
      @Nullable NestedScales nested) {
    long size = (long) Check.atLeast("rows", rows, 0) * Check.atLeast("cols", cols, 0);
    checkBlockSize(blockSize);
    if (codes.byteSize() != (size + 1) / 2) {
      throw Check.expected("codes", (size + 1) / 2 + " bytes", codes.byteSize());
    }
    Check.shape("absmax", absmax.shape(), Math.toIntExact(Math.ceilDiv(size, blockSize)));
    checkFinite(absmax);
    this.rows = rows;
    this.cols = cols;
    this.code = code;
    this.codes = codes;
    this.absmax = absmax;
    this.blockSize = blockSize;
    this.nested = nested;
  }

  /**
   * A matrix of given codes, which are not copied.
   *
   * @param codes [ceil(rows * cols / 2)] bytes of native memory, the first of a pair in the high
   *     half
   * @param absmax [ceil(rows * cols / blockSize)]
   * @param blockSize a power of two, 32 to 4096
   */
  public static FourBitMatrix of(
      int rows, int cols, FourBitCode code, MemorySegment codes, Tensor absmax, int blockSize) {
    return new FourBitMatrix(rows, cols, code, codes, absmax, blockSize, null);
  }

  /** {@link #of} with absmax in 8 bits; they are decoded once, 4 bytes a block. */
  public static FourBitMatrix of(
      int rows,
      int cols,
      FourBitCode code,
      MemorySegment codes,
      NestedScales nested,
      int blockSize) {
    return new FourBitMatrix(rows, cols, code, codes, nested.decode(), blockSize, nested);
  }

  /**
   * The nearest codes.
   *
   * @param weight [rows, cols]
   * @param blockSize a power of two, 32 to 4096
   * @param doubleQuantized whether absmax are stored in 8 bits
   * @throws IllegalArgumentException for NaN or an infinity in the weight, with its position
   */
  public static FourBitMatrix quantize(
      Tensor weight, FourBitCode code, int blockSize, boolean doubleQuantized) {
    Check.shape("weight", weight.shape(), -1, -1);
    checkBlockSize(blockSize);
    Check.finite("weight", weight);
    MemorySegment codes = NativeMemory.allocate((weight.size() + 1) / 2);
    Tensor absmax = Tensor.zeros(Math.toIntExact(Math.ceilDiv(weight.size(), blockSize)));
    Kernels.active()
        .encodeFourBit(
            weight.data(), code.shared().data(), codes, absmax.data(), weight.size(), blockSize);
    return doubleQuantized
        ? of(weight.dim(0), weight.dim(1), code, codes, NestedScales.of(absmax), blockSize)
        : of(weight.dim(0), weight.dim(1), code, codes, absmax, blockSize);
  }

  /** One by one: a model is loaded before its vectors are compiled, which then cost seconds. */
  static void checkFinite(Tensor absmax) {
    for (long i = 0; i < absmax.size(); i++) {
      if (!Float.isFinite(absmax.get(i))) {
        throw Check.expected("absmax[" + i + "]", "a finite number", absmax.get(i));
      }
    }
  }

  private static void checkBlockSize(int blockSize) {
    if (blockSize < FEWEST || blockSize > MOST || Integer.bitCount(blockSize) != 1) {
      throw Check.expected(
          "blockSize", "a power of two, %d to %d".formatted(FEWEST, MOST), blockSize);
    }
  }

  @Override
  public int rows() {
    return rows;
  }

  @Override
  public int cols() {
    return cols;
  }

  @Override
  public Encoded elements() {
    return new Encoded.OfFourBit(codes, absmax.data(), code.shared().data(), blockSize);
  }

  /** Bytes of the codes and of absmax as they are stored. */
  @Override
  public long sizeBytes() {
    return codes.byteSize() + (nested == null ? absmax.size() * Float.BYTES : nested.sizeBytes());
  }

  public FourBitCode code() {
    return code;
  }

  /** The codes, [ceil(rows * cols / 2)] bytes. */
  public MemorySegment codes() {
    return codes;
  }

  /** One a block, decoded where they are stored in 8 bits. */
  public Tensor absmax() {
    return absmax;
  }

  /** Weights of a block. */
  public int blockSize() {
    return blockSize;
  }

  /** How absmax are stored, where that is in 8 bits. */
  public @Nullable NestedScales nested() {
    return nested;
  }

  @Override
  public String toString() {
    return "%s[%d, %d], blocks of %d%s"
        .formatted(code, rows, cols, blockSize, nested == null ? "" : ", double-quantized");
  }
}
