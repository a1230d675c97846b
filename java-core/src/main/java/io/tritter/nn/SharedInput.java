package io.tritter.nn;

import io.tritter.kernel.Kernels;
import io.tritter.tensor.Check;
import io.tritter.tensor.NativeMemory;
import io.tritter.tensor.Tensor;
import java.lang.foreign.MemorySegment;

/**
 * Rows that several layers read, with their int8 form once a layer has asked for it: the query, key
 * and value matrices of a block quantize their input once, not three times, and their backward
 * passes find it as forward left it.
 *
 * <p>Whoever writes the values anew says so by {@link #changed}. One thread at a time.
 */
public final class SharedInput {
  private static final int BITS = 8;

  private final Tensor values;
  private final Tensor dequantized;
  private final int rows;
  private final int features;
  private final Tensor inverseScales;
  private MemorySegment quantized = MemorySegment.NULL;

  /** Counts the calls of {@link #changed}; the others say which of them their rows belong to. */
  private long version;

  private long quantizedVersion = -1;

  private long dequantizedVersion = -1;

  /**
   * An input on the memory of {@code values}.
   *
   * @param values [rows, features]
   * @param dequantized as {@code values}, and the same tensor where nothing but the layers'
   *     backward passes reads it again: what {@link #dequantized} writes
   */
  public SharedInput(Tensor values, Tensor dequantized) {
    Check.shape("values", values.shape(), -1, -1);
    Check.shape("dequantized", dequantized.shape(), values.shape());
    this.values = values;
    this.dequantized = dequantized;
    this.rows = values.dim(0);
    this.features = values.dim(1);
    this.inverseScales = Tensor.zeros(rows);
  }

  /** The float32 rows, [rows, features]. */
  public Tensor values() {
    return values;
  }

  /** To be called when the values have changed. */
  public void changed() {
    version++;
  }

  /** Absmax-quantized rows, int8 [rows, features]; see {@link Kernels#quantizeAbsmax}. */
  public MemorySegment quantized() {
    if (quantizedVersion != version) {
      if (quantized.byteSize() == 0) {
        quantized = NativeMemory.allocate((long) rows * features);
      }
      Kernels.active()
          .quantizeAbsmax(values.data(), quantized, inverseScales.data(), rows, features, BITS);
      quantizedVersion = version;
    }
    return quantized;
  }

  /** What the products of a quantized row have to be multiplied with, [rows]. */
  public Tensor inverseScales() {
    quantized();
    return inverseScales;
  }

  /** The quantized rows times their inverse scales, [rows, features]. */
  public Tensor dequantized() {
    if (dequantizedVersion != version) {
      Kernels.active()
          .dequantizeRows(quantized(), inverseScales.data(), dequantized.data(), rows, features);
      dequantizedVersion = version;
    }
    return dequantized;
  }
}
