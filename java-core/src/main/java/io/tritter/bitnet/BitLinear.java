package io.tritter.bitnet;

import io.tritter.kernel.Kernels;
import io.tritter.kernel.TernaryLevel;
import io.tritter.kernel.TernaryWeights;
import io.tritter.nn.Linear;
import io.tritter.nn.Parameter;
import io.tritter.nn.SharedInput;
import io.tritter.tensor.Check;
import io.tritter.tensor.Tensor;
import io.tritter.ternary.TritMatrix;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A linear layer on packed ternary weights (BitNet b1.58; Ma et al., 2024): {@code y = x_q t^T *
 * scale / s (+ bias)}.
 *
 * <p>Activations are quantized row by row to integers ({@code s = max / |x|max}) and multiplied in
 * integers, exact on every backend; with {@link #FLOAT_ACTIVATIONS} they stay float32. Immutable;
 * any number of threads may use a layer.
 */
public final class BitLinear implements Linear {
  /** Group size that stands for one scale for the whole tensor, as in the paper. */
  public static final int PER_TENSOR = 0;

  /** Activation bits that leave the activations in float32. */
  public static final int FLOAT_ACTIVATIONS = 0;

  private static final int MAX_BITS = 8;
  private static final int MIN_BITS = 2;

  /** Weights that are dequantized at a time, 4 MiB. */
  private static final int TILE = 1 << 20;

  private final TritMatrix weight;
  private final Tensor scales;
  private final int groupSize;
  private final @Nullable Tensor bias;
  private final int activationBits;

  /** The trits once more, as the kernel reads them; null where activations stay float32. */
  private final @Nullable TernaryWeights product;

  /** For sums of integers: the scales, or ones where one scale is left for the end. */
  private final Tensor integerScales;

  private final float tensorScale;

  /** [outFeatures, groups]. */
  private final Tensor weightScales;

  /**
   * A layer of given trits.
   *
   * @param weight [outFeatures, inFeatures]
   * @param scales [outFeatures, ceil(inFeatures / groupSize)], or one number for {@link
   *     #PER_TENSOR}; copied
   * @param groupSize consecutive weights of a row that share a scale, or {@link #PER_TENSOR}
   * @param bias [outFeatures], copied, or null
   * @param activationBits 2 to 8, or {@link #FLOAT_ACTIVATIONS}
   */
  public BitLinear(
      TritMatrix weight, Tensor scales, int groupSize, @Nullable Tensor bias, int activationBits) {
    this(weight, scales, groupSize, bias, activationBits, weight.level());
  }

  /** The same layer with a given form of integer products; every level gives the same bits. */
  public BitLinear(
      TritMatrix weight,
      Tensor scales,
      int groupSize,
      @Nullable Tensor bias,
      int activationBits,
      TernaryLevel level) {
    int rows = weight.rows();
    int cols = weight.cols();
    Check.atLeast("groupSize", groupSize, PER_TENSOR);
    if (activationBits != FLOAT_ACTIVATIONS
        && (activationBits < MIN_BITS || activationBits > MAX_BITS)) {
      throw Check.expected("activationBits", "2 to 8, or 0 for float32", activationBits);
    }
    long count = groupSize == PER_TENSOR ? 1 : (long) rows * Math.ceilDiv(cols, groupSize);
    if (scales.size() != count) {
      throw Check.expected("scales", count + " numbers", scales.size());
    }
    checkFinite("scales", scales);
    if (bias != null) {
      Check.shape("bias", bias.shape(), rows);
      checkFinite("bias", bias);
    }
    this.weight = weight;
    this.scales = scales.copy();
    this.groupSize = groupSize;
    this.bias = bias == null ? null : bias.copy();
    this.activationBits = activationBits;
    if (groupSize == PER_TENSOR) {
      tensorScale = scales.get(0);
      integerScales = filled(rows, 1f);
      weightScales = filled(rows, tensorScale);
    } else {
      tensorScale = 1f;
      integerScales = this.scales;
      weightScales = this.scales;
    }
    product = activationBits == FLOAT_ACTIVATIONS ? null : weight.prepare(level);
  }

  /**
   * Quantizes a float32 weight, see {@link Absmean#quantize}; the other arguments are those of the
   * constructor.
   *
   * @param weight [outFeatures, inFeatures]
   * @throws IllegalArgumentException for NaN or an infinity in the weight, with its position
   */
  public static BitLinear quantize(
      Tensor weight, @Nullable Tensor bias, int groupSize, int activationBits) {
    Absmean.Quantized q = Absmean.quantize("weight", weight, groupSize);
    return new BitLinear(TritMatrix.pack(q.trits()), q.scales(), groupSize, bias, activationBits);
  }

  private static Tensor filled(int size, float value) {
    float[] values = new float[size];
    Arrays.fill(values, value);
    return Tensor.of(values, size);
  }

  private static void checkFinite(String name, Tensor values) {
    for (long i = 0; i < values.size(); i++) {
      if (!Float.isFinite(values.get(i))) {
        throw Check.expected(name, "finite numbers", values.get(i) + " at " + i);
      }
    }
  }

  @Override
  public int inFeatures() {
    return weight.cols();
  }

  @Override
  public int outFeatures() {
    return weight.rows();
  }

  /** The trits, [outFeatures, inFeatures]. */
  public TritMatrix weight() {
    return weight;
  }

  /** A copy of the scales. */
  public Tensor scales() {
    return scales.copy();
  }

  /** The weights that this computes with, trit times scale, [outFeatures, inFeatures]. */
  public Tensor dequantize() {
    Tensor w = Tensor.zeros(outFeatures(), inFeatures());
    weight.dequantize(0, outFeatures(), weightScales, kernelGroupSize(), w);
    return w;
  }

  /**
   * Rows {@code from..to-1} of {@link #dequantize}.
   *
   * @param out [to - from, inFeatures], written
   */
  public void dequantize(int from, int to, Tensor out) {
    weight.dequantize(from, to, weightScales, kernelGroupSize(), out);
  }

  /** Consecutive weights of a row that share a scale, or {@link #PER_TENSOR}. */
  public int groupSize() {
    return groupSize;
  }

  /** A copy of the bias, if there is one. */
  public @Nullable Tensor bias() {
    return bias == null ? null : bias.copy();
  }

  /** 2 to 8, or {@link #FLOAT_ACTIVATIONS}. */
  public int activationBits() {
    return activationBits;
  }

  /** How integer products are computed; null where activations stay float32. */
  public @Nullable TernaryLevel level() {
    return product == null ? null : product.level();
  }

  /** Share of the weights that are zero, 0 to 1. */
  public double sparsity() {
    return weight.sparsity();
  }

  /** Bytes of the packed trits and their scales. */
  public long sizeBytes() {
    return weight.bytes().byteSize() + scales.size() * Float.BYTES;
  }

  /** Bytes of the weight in float32 over {@link #sizeBytes}. */
  public double compressionRatio() {
    return (double) weight.rows() * weight.cols() * Float.BYTES / sizeBytes();
  }

  @Override
  public void forward(Tensor x, Tensor y) {
    int batch = checkRows("x", x, inFeatures());
    Check.shape("y", y.shape(), batch, outFeatures());
    if (product == null) {
      forwardFloat(x, y, batch);
    } else if (!product.multiplyQuantized(
        x.data(),
        integerScales.data(),
        tensorScale,
        y.data(),
        batch,
        kernelGroupSize(),
        activationBits)) {
      int cols = inFeatures();
      MemorySegment q = Work.ACTIVATIONS.of(Math.ceilDiv((long) batch * cols, 4)).data();
      MemorySegment inverseScales = Work.SCALES.of(batch).data();
      Kernels.active().quantizeAbsmax(x.data(), q, inverseScales, batch, cols, activationBits);
      forwardInteger(product, q, inverseScales, y, batch);
    }
    addBias(y, batch);
  }

  @Override
  public void forward(SharedInput x, Tensor y) {
    if (product == null || activationBits != SharedInput.BITS) {
      forward(x.values(), y);
      return;
    }
    int batch = checkRows("x", x, inFeatures());
    Check.shape("y", y.shape(), batch, outFeatures());
    forwardInteger(product, x.quantized(), x.inverseScales().data(), y, batch);
    addBias(y, batch);
  }

  private void forwardInteger(
      TernaryWeights product, MemorySegment q, MemorySegment inverseScales, Tensor y, int batch) {
    product.multiplyGrouped(q, integerScales.data(), y.data(), batch, kernelGroupSize());
    Kernels.active().scaleRows(y.data(), inverseScales, tensorScale, batch, outFeatures());
  }

  private void addBias(Tensor y, int batch) {
    if (bias != null) {
      for (int b = 0; b < batch; b++) {
        y.rows(b, b + 1).axpby(1f, bias, 1f);
      }
    }
  }

  /** Dequantizes as many rows of weights at a time as fit {@link #TILE}. */
  private void forwardFloat(Tensor x, Tensor y, int batch) {
    int rows = outFeatures();
    int cols = inFeatures();
    Kernels kernels = Kernels.active();
    int tile = tileRows();
    for (int from = 0; from < rows; from += tile) {
      int count = Math.min(tile, rows - from);
      Tensor w = dequantized(from, from + count);
      Tensor part = count == rows ? y : Work.PART.of((long) batch * count);
      kernels.matmul(x.data(), false, w.data(), true, part.data(), batch, count, cols, false);
      if (part != y) {
        for (int b = 0; b < batch; b++) {
          copy(part, (long) b * count, y, (long) b * rows + from, count);
        }
      }
    }
  }

  @Override
  public void backward(Tensor x, Tensor dy, Tensor dx, boolean accumulate) {
    backwardInput(dy, dx, accumulate);
  }

  /** Passes the gradient through to {@code x}, as if its quantization were the identity. */
  @Override
  public void backwardInput(Tensor dy, Tensor dx, boolean accumulate) {
    int rows = outFeatures();
    int cols = inFeatures();
    int batch = checkRows("dy", dy, rows);
    Check.shape("dx", dx.shape(), batch, cols);
    Kernels kernels = Kernels.active();
    int tile = tileRows();
    for (int from = 0; from < rows; from += tile) {
      int count = Math.min(tile, rows - from);
      Tensor w = dequantized(from, from + count);
      Tensor part = count == rows ? dy : Work.PART.of((long) batch * count);
      if (part != dy) {
        for (int b = 0; b < batch; b++) {
          copy(dy, (long) b * rows + from, part, (long) b * count, count);
        }
      }
      boolean add = accumulate || from > 0;
      kernels.matmul(part.data(), false, w.data(), false, dx.data(), batch, cols, count, add);
    }
  }

  @Override
  public List<Parameter> parameters() {
    return List.of();
  }

  @Override
  public String toString() {
    String products = product == null ? "float32" : product.level().toString();
    return "BitLinear[" + inFeatures() + " to " + outFeatures() + ", " + products + "]";
  }

  private int kernelGroupSize() {
    return groupSize == PER_TENSOR ? inFeatures() : groupSize;
  }

  private int tileRows() {
    return Math.clamp(TILE / inFeatures(), 1, outFeatures());
  }

  private Tensor dequantized(int from, int to) {
    Tensor w = Work.WEIGHTS.of((long) (to - from) * inFeatures());
    weight.dequantize(from, to, weightScales, kernelGroupSize(), w);
    return w;
  }

  private static void copy(Tensor from, long fromIndex, Tensor to, long toIndex, int count) {
    MemorySegment.copy(
        from.data(),
        fromIndex * Float.BYTES,
        to.data(),
        toIndex * Float.BYTES,
        (long) count * Float.BYTES);
  }

  /** Rows of an input that has to have so many columns. */
  static int checkRows(String name, SharedInput x, int features) {
    int[] shape = x.shape();
    Check.shape(name, shape, -1, features);
    return shape[0];
  }

  /** Rows of a matrix that has to have so many columns. */
  static int checkRows(String name, Tensor x, int features) {
    Check.shape(name, x.shape(), -1, features);
    return x.dim(0);
  }
}
