package io.tritter.nn;

import io.tritter.kernel.Encoded;
import io.tritter.kernel.Kernels;
import io.tritter.tensor.Check;
import io.tritter.tensor.Tensor;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@code y = x w^T (+ bias)} on a weight of 4, 8 or 16 bits, which is decoded a tile at a time and
 * never whole. The weight does not learn; the backward pass goes to {@code x} alone.
 *
 * <p>Any number of threads may use a layer.
 */
public final class EncodedLinear implements Linear {
  private final EncodedMatrix weight;
  private final Encoded elements;
  private final @Nullable Tensor bias;

  /**
   * A layer over a weight, which is not copied.
   *
   * @param weight [outFeatures, inFeatures]
   * @param bias [outFeatures], copied, or null
   */
  public EncodedLinear(EncodedMatrix weight, @Nullable Tensor bias) {
    this.weight = weight;
    elements = weight.elements();
    elements.check("weight", (long) weight.rows() * weight.cols());
    if (bias != null) {
      Check.shape("bias", bias.shape(), weight.rows());
    }
    this.bias = bias == null ? null : bias.copy();
  }

  @Override
  public int inFeatures() {
    return weight.cols();
  }

  @Override
  public int outFeatures() {
    return weight.rows();
  }

  /** The weight, [outFeatures, inFeatures]. */
  public EncodedMatrix weight() {
    return weight;
  }

  /** A copy of the bias, if there is one. */
  public @Nullable Tensor bias() {
    return bias == null ? null : bias.copy();
  }

  @Override
  public void forward(Tensor x, Tensor y) {
    Check.shape("x", x.shape(), -1, inFeatures());
    int rows = x.dim(0);
    Check.shape("y", y.shape(), rows, outFeatures());
    boolean add = bias != null;
    if (bias != null) {
      for (int r = 0; r < rows; r++) {
        y.rows(r, r + 1).copyFrom(bias);
      }
    }
    Kernels.active()
        .matmulEncoded(
            x.data(), false, elements, true, y.data(), rows, outFeatures(), inFeatures(), add);
  }

  @Override
  public void backward(Tensor x, Tensor dy, Tensor dx, boolean accumulate) {
    backwardInput(dy, dx, accumulate);
  }

  @Override
  public void backwardInput(Tensor dy, Tensor dx, boolean accumulate) {
    Check.shape("dy", dy.shape(), -1, outFeatures());
    int rows = dy.dim(0);
    Check.shape("dx", dx.shape(), rows, inFeatures());
    Kernels.active()
        .matmulEncoded(
            dy.data(),
            false,
            elements,
            false,
            dx.data(),
            rows,
            inFeatures(),
            outFeatures(),
            accumulate);
  }

  /** None: the weight is what it is. */
  @Override
  public List<Parameter> parameters() {
    return List.of();
  }

  @Override
  public String toString() {
    return "EncodedLinear[%d to %d, %s]".formatted(inFeatures(), outFeatures(), weight);
  }
}
