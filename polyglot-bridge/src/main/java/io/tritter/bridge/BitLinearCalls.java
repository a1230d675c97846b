package io.tritter.bridge;

import io.tritter.bitnet.BitLinear;
import io.tritter.tensor.Tensor;
import io.tritter.ternary.TritMatrix;
import org.graalvm.polyglot.HostAccess;
import org.jspecify.annotations.Nullable;

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

  /**
   * A layer of given trits.
   *
   * @param groupSize or 0 for one scale
   * @param activationBits or 0 for float32 activations
   * @param packed the bytes of {@link #packed}
   * @param scales float32, see {@link BitLinear}
   * @param bias float32 [rows], or no elements
   */
  @HostAccess.Export
  public BitLinear restore(
      int rows,
      int cols,
      int groupSize,
      int activationBits,
      long packed,
      long packedSize,
      long scales,
      long scalesSize,
      long bias,
      long biasSize) {
    return new BitLinear(
        TritMatrix.of(memory.segment("packed", packed, packedSize), rows, cols),
        memory.tensor("scales", scales, scalesSize, Math.toIntExact(scalesSize)),
        groupSize,
        memory.optional("bias", bias, biasSize, rows),
        activationBits);
  }

  /** Bytes of the packed trits. */
  @HostAccess.Export
  public long packedSize(BitLinear layer) {
    return layer.weight().bytes().byteSize();
  }

  /** Writes the packed trits, uint8. */
  @HostAccess.Export
  public void packed(BitLinear layer, long bytes, long size) {
    memory.segment("packed", bytes, size).copyFrom(layer.weight().bytes());
  }

  @HostAccess.Export
  public Tensor scales(BitLinear layer) {
    return layer.scales();
  }

  @HostAccess.Export
  public @Nullable Tensor bias(BitLinear layer) {
    return layer.bias();
  }

  @HostAccess.Export
  public boolean hasBias(BitLinear layer) {
    return layer.bias() != null;
  }

  @HostAccess.Export
  public int groupSize(BitLinear layer) {
    return layer.groupSize();
  }

  @HostAccess.Export
  public int activationBits(BitLinear layer) {
    return layer.activationBits();
  }

  @HostAccess.Export
  public long sizeBytes(BitLinear layer) {
    return layer.sizeBytes();
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
