package io.tritter.bitnet;

import io.tritter.kernel.Kernels;
import io.tritter.nn.Linear;
import io.tritter.nn.Parameter;
import io.tritter.nn.SharedInput;
import io.tritter.tensor.Check;
import io.tritter.tensor.NativeMemory;
import io.tritter.tensor.Tensor;
import io.tritter.ternary.TritMatrix;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A BitNet b1.58 layer in training: float32 master weights, ternary forward, straight-through
 * backward (Bengio et al., 2013).
 *
 * <p>Forward is {@code y = x_q t^T * scale / s}, one absmean scale for the tensor, activations of 8
 * bits, multiplied in integers, or in float32 where that is faster: the sums stay below 2^24, hence
 * are exact, and equal bit for bit to those of the packed {@link BitLinear}. Backward is that of
 * {@code y = x' w'^T} for the dequantized {@code x' = x_q / s} and {@code w' = t * scale};
 * gradients pass the rounding unchanged.
 */
public final class QatLinear implements Linear {
  /** Sums of this many products of 127 and 1 stay below 2^24. */
  private static final int MAX_IN_FEATURES = (1 << 24) / 127;

  private final Parameter weight;
  private final Tensor trits;
  private final Tensor dequantized;
  private final Tensor measured = Tensor.zeros(1);
  private float scale;

  /** The trits as an integer product reads them, made when one is asked for. */
  private @Nullable Layout layout;

  /**
   * A layer over a weight of [outFeatures, inFeatures], quantized now.
   *
   * @throws IllegalArgumentException for NaN or an infinity, with its position
   */
  public QatLinear(Parameter weight) {
    Check.shape(weight.name(), weight.value().shape(), -1, -1);
    int in = weight.value().dim(1);
    if (in > MAX_IN_FEATURES) {
      throw Check.expected(weight.name(), "at most " + MAX_IN_FEATURES + " columns", in);
    }
    this.weight = weight;
    trits = Tensor.zeros(weight.value().shape());
    dequantized = Tensor.zeros(weight.value().shape());
    weightsChanged();
  }

  /**
   * Quantizes the master weights again; to be called after each change of them.
   *
   * @throws IllegalArgumentException for NaN or an infinity, with its position; the trits stay as
   *     they were
   */
  public void weightsChanged() {
    Absmean.quantize(weight.name(), weight.value(), BitLinear.PER_TENSOR, trits, measured);
    scale = measured.get(0);
    dequantized.axpby(scale, trits, 0f);
    if (layout != null) {
      layout.update(this);
    }
  }

  @Override
  public int inFeatures() {
    return weight.value().dim(1);
  }

  @Override
  public int outFeatures() {
    return weight.value().dim(0);
  }

  /** The scale of the weights, mean|w| of the last {@link #weightsChanged}. */
  public float scale() {
    return scale;
  }

  @Override
  public void forward(Tensor x, Tensor y) {
    forward(new SharedInput(x, x), y);
  }

  @Override
  public void forward(SharedInput x, Tensor y) {
    int in = inFeatures();
    int out = outFeatures();
    int rows = BitLinear.checkRows("x", x, in);
    Check.shape("y", y.shape(), rows, out);
    Kernels kernels = Kernels.active();
    if (kernels.ternaryMatmulPays(rows, out, in)) {
      kernels.ternaryMatmulScaled(
          x.quantized(), layout().trits, x.inverseScales().data(), scale, y.data(), rows, out, in);
    } else {
      MemorySegment q = Work.ACTIVATIONS.of((long) rows * in).data();
      kernels.dequantizeRows(x.quantized(), MemorySegment.NULL, q, rows, in);
      kernels.matmul(q, false, trits.data(), true, y.data(), rows, out, in, false);
      kernels.scaleRows(y.data(), x.inverseScales().data(), scale, rows, out);
    }
  }

  @Override
  public void backward(Tensor x, Tensor dy, Tensor dx, boolean accumulate) {
    backward(new SharedInput(x, Tensor.zeros(x.shape())), dy, dx, accumulate);
  }

  @Override
  public void backward(SharedInput x, Tensor dy, Tensor dx, boolean accumulate) {
    int in = inFeatures();
    int out = outFeatures();
    int rows = BitLinear.checkRows("x", x, in);
    Check.shape("dy", dy.shape(), rows, out);
    Check.shape("dx", dx.shape(), rows, in);
    Kernels kernels = Kernels.active();
    MemorySegment gradient = weight.gradient().data();
    kernels.matmul(dy.data(), true, x.dequantized().data(), false, gradient, out, in, rows, true);
    backwardInput(dy, dx, accumulate);
  }

  @Override
  public void backwardInput(Tensor dy, Tensor dx, boolean accumulate) {
    int in = inFeatures();
    int out = outFeatures();
    Kernels.active()
        .matmul(
            dy.data(), false, dequantized.data(), false, dx.data(), dy.dim(0), in, out, accumulate);
  }

  /** The weights that this computes with, trit times scale, [outFeatures, inFeatures]. */
  public Tensor dequantized() {
    return dequantized;
  }

  private Layout layout() {
    Layout l = layout;
    if (l == null) {
      l = new Layout(outFeatures(), inFeatures());
      l.update(this);
      layout = l;
    }
    return l;
  }

  /** Memory of {@link Kernels#ternaryLayout}. */
  private static final class Layout {
    final MemorySegment packed;
    final MemorySegment trits;

    Layout(int rows, int cols) {
      packed = NativeMemory.allocate((long) rows * TritMatrix.rowBytes(cols));
      trits = NativeMemory.allocate(Kernels.active().ternaryLayoutBytes(rows, cols));
    }

    /** Writes the trits of a layer. */
    void update(QatLinear l) {
      Kernels kernels = Kernels.active();
      kernels.packTrits(l.trits.data(), packed, l.outFeatures(), l.inFeatures());
      kernels.ternaryLayout(packed, trits, l.outFeatures(), l.inFeatures());
    }
  }

  @Override
  public List<Parameter> parameters() {
    return List.of(weight);
  }

  /** The layer on packed weights, for inference; its outputs are the same, bit for bit. */
  public BitLinear toPacked() {
    Tensor scales = Tensor.of(new float[] {scale}, 1);
    return new BitLinear(
        TritMatrix.pack(trits), scales, BitLinear.PER_TENSOR, null, SharedInput.BITS);
  }
}
