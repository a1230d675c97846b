package io.tritter.bridge;

import io.tritter.bitnet.BitLinear;
import org.graalvm.polyglot.HostAccess;

/** Calls of {@code tritter_accel._bitlinear}; a layer is a handle. */
public final class BitLinearCalls {
  private final Memory memory;

  BitLinearCalls(Memory memory) {
    this.memory = memory;
  }

  /**
   * A layer from float32 weights.
   *
   * @param groupSize or 0 for one scale
   * @param activationBits or 0 for float32 activations
   * @param weight float32 [rows, cols]
   * @param bias float32 [rows], or no elements
   */
  @HostAccess.Export
  public BitLinear create(
      int rows,
      int cols,
      int groupSize,
      int activationBits,
      long weight,
      long weightSize,
      long bias,
      long biasSize) {
    return BitLinear.quantize(
        memory.tensor("weight", weight, weightSize, rows, cols),
        memory.optional("bias", bias, biasSize, rows),
        groupSize,
        activationBits);
  }

  /** Writes the product of x, float32 [batch, inFeatures], to y, float32 [batch, outFeatures]. */
  @HostAccess.Export
  public void forward(BitLinear layer, int batch, long x, long xSize, long y, long ySize) {
    layer.forward(
        memory.tensor("input", x, xSize, batch, layer.inFeatures()),
        memory.tensor("output", y, ySize, batch, layer.outFeatures()));
  }

  @HostAccess.Export
  public int inFeatures(BitLinear layer) {
    return layer.inFeatures();
  }

  @HostAccess.Export
  public int outFeatures(BitLinear layer) {
    return layer.outFeatures();
  }

  @HostAccess.Export
  public double compressionRatio(BitLinear layer) {
    return layer.compressionRatio();
  }

  @HostAccess.Export
  public double sparsity(BitLinear layer) {
    return layer.sparsity();
  }
}
