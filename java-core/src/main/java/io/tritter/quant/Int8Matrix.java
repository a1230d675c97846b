package io.tritter.quant;

import io.tritter.kernel.Encoded;
import io.tritter.kernel.Kernels;
import io.tritter.nn.EncodedMatrix;
import io.tritter.tensor.Check;
import io.tritter.tensor.NativeMemory;
import io.tritter.tensor.Tensor;
import java.lang.foreign.MemorySegment;

/**
 * A matrix in a byte a weight, to the byte what bitsandbytes makes of it (Dettmers et al., 2022,
 * LLM.int8()): {@code code * absmax[row] / 127}.
 */
public final class Int8Matrix implements EncodedMatrix {
  /** What a code is divided by, as the number to multiply with. */
  private static final float INVERSE = 1f / 127;

  private final int rows;
  private final int cols;
  private final MemorySegment codes;
  private final Tensor absmax;
  private final Tensor scales;

  /**
   * A matrix of given codes, which are not copied.
   *
   * @param codes int8 [rows, cols] in native memory
   * @param absmax [rows]
   */
  public Int8Matrix(int rows, int cols, MemorySegment codes, Tensor absmax) {
    Check.atLeast("rows", rows, 1);
    Check.atLeast("cols", cols, 1);
    if (codes.byteSize() != (long) rows * cols) {
      throw Check.expected("codes", (long) rows * cols + " bytes", codes.byteSize());
    }
    Check.shape("absmax", absmax.shape(), rows);
    FourBitMatrix.checkFinite(absmax);
    this.rows = rows;
    this.cols = cols;
    this.codes = codes;
    this.absmax = absmax;
    scales = Tensor.zeros(rows);
    scales.axpby(INVERSE, absmax, 0f);
  }

  /**
   * The nearest codes.
   *
   * @param weight [rows, cols]
   * @throws IllegalArgumentException for NaN or an infinity in the weight, with its position
   */
  public static Int8Matrix quantize(Tensor weight) {
    Check.shape("weight", weight.shape(), -1, -1);
    Check.finite("weight", weight);
    int rows = weight.dim(0);
    int cols = weight.dim(1);
    MemorySegment codes = NativeMemory.allocate(weight.size());
    Tensor absmax = Tensor.zeros(rows);
    Kernels.active().encodeInt8(weight.data(), codes, absmax.data(), rows, cols);
    return new Int8Matrix(rows, cols, codes, absmax);
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
    return new Encoded.OfInt8(codes, scales.data(), cols);
  }

  /** Bytes of the codes and of absmax. */
  @Override
  public long sizeBytes() {
    return codes.byteSize() + absmax.size() * Float.BYTES;
  }

  /** int8 [rows, cols]. */
  public MemorySegment codes() {
    return codes;
  }

  /** [rows]. */
  public Tensor absmax() {
    return absmax;
  }

  @Override
  public String toString() {
    return "INT8[%d, %d]".formatted(rows, cols);
  }
}
