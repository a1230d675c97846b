package io.tritter.nn;

import io.tritter.kernel.Kernels;
import io.tritter.tensor.Check;
import io.tritter.tensor.Tensor;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code y = x w^T (+ bias)} in float32, or {@code y = x w (+ bias)} with the inputs first. */
public final class DenseLinear implements Linear {
  private final Parameter weight;
  private final @Nullable Bias bias;

  /** Whether the weight is [inFeatures, outFeatures]. */
  private final boolean inputsFirst;

  private DenseLinear(Parameter weight, @Nullable Parameter bias, boolean inputsFirst) {
    Check.shape(weight.name(), weight.value().shape(), -1, -1);
    this.weight = weight;
    this.inputsFirst = inputsFirst;
    this.bias = bias == null ? null : new Bias(bias);
    if (bias != null) {
      Check.shape(bias.name(), bias.value().shape(), outFeatures());
    }
  }

  /** A layer over a weight of [outFeatures, inFeatures]. */
  public DenseLinear(Parameter weight) {
    this(weight, null);
  }

  /**
   * A layer with a bias.
   *
   * @param weight [outFeatures, inFeatures]
   * @param bias [outFeatures], or null for none
   */
  public DenseLinear(Parameter weight, @Nullable Parameter bias) {
    this(weight, bias, false);
  }

  /**
   * A layer whose weight is stored as GPT-2 has it, the transpose of what others store.
   *
   * @param weight [inFeatures, outFeatures]
   * @param bias [outFeatures], or null for none
   */
  public static DenseLinear inputsFirst(Parameter weight, @Nullable Parameter bias) {
    return new DenseLinear(weight, bias, true);
  }

  @Override
  public int inFeatures() {
    return weight.value().dim(inputsFirst ? 0 : 1);
  }

  @Override
  public int outFeatures() {
    return weight.value().dim(inputsFirst ? 1 : 0);
  }

  /** The weight as it is held. */
  public Parameter weight() {
    return weight;
  }

  /** The bias, if there is one. */
  public @Nullable Parameter bias() {
    return bias == null ? null : bias.parameter;
  }

  /** Whether the weight is [inFeatures, outFeatures], the transpose of what others have. */
  public boolean hasInputsFirst() {
    return inputsFirst;
  }

  @Override
  public void forward(Tensor x, Tensor y) {
    if (bias != null) {
      bias.fill(y);
    }
    Kernels.active()
        .matmul(
            x.data(),
            false,
            weight.value().data(),
            !inputsFirst,
            y.data(),
            x.dim(0),
            outFeatures(),
            inFeatures(),
            bias != null);
  }

  @Override
  public void backwardInput(Tensor dy, Tensor dx, boolean accumulate) {
    Kernels.active()
        .matmul(
            dy.data(),
            false,
            weight.value().data(),
            inputsFirst,
            dx.data(),
            dy.dim(0),
            inFeatures(),
            outFeatures(),
            accumulate);
  }

  @Override
  public void backward(Tensor x, Tensor dy, Tensor dx, boolean accumulate) {
    backwardInput(dy, dx, accumulate);
    Tensor left = inputsFirst ? x : dy;
    Tensor right = inputsFirst ? dy : x;
    Kernels.active()
        .matmul(
            left.data(),
            true,
            right.data(),
            false,
            weight.gradient().data(),
            weight.value().dim(0),
            weight.value().dim(1),
            x.dim(0),
            true);
    if (bias != null) {
      bias.backward(dy);
    }
  }

  @Override
  public List<Parameter> parameters() {
    return bias == null ? List.of(weight) : List.of(weight, bias.parameter);
  }
}
