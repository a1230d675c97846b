package io.tritter.bridge;

import io.tritter.bitnet.Absmean;
import io.tritter.bitnet.BitLinear;
import io.tritter.tensor.Check;
import io.tritter.tensor.Tensor;
import io.tritter.ternary.TritMatrix;
import org.graalvm.polyglot.HostAccess;

/** Calls of {@code tritter_accel._ternary}: quantize, pack, unpack and multiply. */
public final class TernaryCalls {
  private final Memory memory;

  TernaryCalls(Memory memory) {
    this.memory = memory;
  }

  /** Writes trits, float32 [rows, cols], and a scale a row, float32 [rows], of the weights. */
  @HostAccess.Export
  public void quantize(
      int rows,
      int cols,
      long weights,
      long weightsSize,
      long trits,
      long tritsSize,
      long scales,
      long scalesSize) {
    Absmean.Quantized quantized =
        Absmean.quantizeRows(memory.tensor("weights", weights, weightsSize, rows, cols));
    memory.tensor("ternary", trits, tritsSize, rows, cols).copyFrom(quantized.trits());
    memory.tensor("scales", scales, scalesSize, rows).copyFrom(quantized.scales());
  }

  /** Bytes of a packed row. */
  @HostAccess.Export
  public int rowBytes(int cols) {
    return TritMatrix.rowBytes(Check.atLeast("cols", cols, 1));
  }

  /** Packs exact trits, float32 [rows, cols], to uint8 [rows * rowBytes(cols)]. */
  @HostAccess.Export
  public void pack(int rows, int cols, long trits, long tritsSize, long packed, long packedSize) {
    TritMatrix matrix = TritMatrix.pack(memory.tensor("weights", trits, tritsSize, rows, cols));
    memory.segment("packed", packed, packedSize).copyFrom(matrix.bytes());
  }

  /** Writes {@code trit * scale of its row}, float32 [rows, cols]. */
  @HostAccess.Export
  public void unpack(
      int rows,
      int cols,
      long packed,
      long packedSize,
      long scales,
      long scalesSize,
      long weights,
      long weightsSize) {
    TritMatrix matrix = matrix(rows, cols, packed, packedSize);
    Tensor scale = memory.tensor("scales", scales, scalesSize, rows);
    matrix.dequantize(
        0, rows, scale, cols, memory.tensor("weights", weights, weightsSize, rows, cols));
  }

  /**
   * Writes {@code x t^T * scales}, float32 [batch, rows].
   *
   * @param activationBits or 0 for float32 activations
   */
  @HostAccess.Export
  public void matmul(
      int batch,
      int rows,
      int cols,
      int activationBits,
      long x,
      long xSize,
      long packed,
      long packedSize,
      long scales,
      long scalesSize,
      long out,
      long outSize) {
    Tensor scale = memory.tensor("scales", scales, scalesSize, rows);
    new BitLinear(matrix(rows, cols, packed, packedSize), scale, cols, null, activationBits)
        .forward(
            memory.tensor("input", x, xSize, batch, cols),
            memory.tensor("output", out, outSize, batch, rows));
  }

  private TritMatrix matrix(int rows, int cols, long packed, long size) {
    return TritMatrix.of(memory.segment("packed", packed, size), rows, cols);
  }
}
