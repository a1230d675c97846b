package io.tritter.nn;

import io.tritter.kernel.Kernels;
import io.tritter.tensor.Check;
import io.tritter.tensor.NativeMemory;
import io.tritter.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * Rows that several layers read, in the form that they ask for: the query, key and value matrices
 * of a block norm and quantize their input once, in one pass, and their backward passes find it as
 * forward left it.
 *
 * <p>Whoever changes the rows says so by {@link #norm} or {@link #changed}. One thread at a time.
 */
public final class SharedInput {
  /** Bits of the quantized rows. */
  public static final int BITS = 8;

  private final Tensor values;
  private final Tensor dequantized;
  private final int rows;
  private final int features;
  private final Tensor inverseScales;
  private MemorySegment quantized = MemorySegment.NULL;

  /** What the rows are the norm of; null where the values are the rows. */
  private @Nullable Norm norm;

  private Tensor source;

  /** Counts the changes; the others say to which of them their rows belong. */
  private long version;

  private long valuesVersion;

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
    this.source = values;
  }

  /** [rows, features]. */
  public int[] shape() {
    return values.shape();
  }

  /** The rows are now those that somebody has written to the memory of the values. */
  public void changed() {
    norm = null;
    valuesVersion = ++version;
  }

  /**
   * The rows are now {@code norm(x)}, computed when a layer asks for them: {@code x} has to stay
   * until then.
   *
   * @param x [rows, features]
   */
  public void norm(Norm norm, Tensor x) {
    this.norm = norm;
    source = x;
    version++;
  }

  /** The float32 rows, [rows, features]. */
  public Tensor values() {
    if (norm != null && valuesVersion != version) {
      norm.forward(source, values);
      valuesVersion = version;
    }
    return values;
  }

  /** Absmax-quantized rows, int8 [rows, features]; see {@link Kernels#quantizeAbsmax}. */
  public MemorySegment quantized() {
    if (quantizedVersion != version) {
      if (quantized.byteSize() == 0) {
        quantized = NativeMemory.allocate((long) rows * features);
      }
      if (norm instanceof RmsNorm fused && valuesVersion != version) {
        fused.forward(source, quantized, inverseScales, BITS);
      } else {
        Kernels.active()
            .quantizeAbsmax(values().data(), quantized, inverseScales.data(), rows, features, BITS);
      }
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
