package io.tritter.nn;

import io.tritter.kernel.Kernels;
import io.tritter.tensor.Check;
import io.tritter.tensor.Tensor;
import java.util.List;

/** {@code y = x w^T} in float32. */
public final class DenseLinear implements Linear {
  private final Parameter weight;

  /** A layer over a weight of [outFeatures, inFeatures]. */
  public DenseLinear(Parameter weight) {
    Check.shape(weight.name(), weight.value().shape(), -1, -1);
    this.weight = weight;
  }

  @Override
  public int inFeatures() {
    return weight.value().dim(1);
  }

  @Override
  public int outFeatures() {
    return weight.value().dim(0);
  }

  @Override
  public void forward(Tensor x, Tensor y) {
    int rows = x.dim(0);
    Kernels.active()
        .matmul(
            x.data(),
            false,
            weight.value().data(),
            true,
            y.data(),
            rows,
            outFeatures(),
            inFeatures(),
            false);
  }

  @Override
  public void backward(Tensor x, Tensor dy, Tensor dx, boolean accumulate) {
    int rows = x.dim(0);
    Kernels kernels = Kernels.active();
    kernels.matmul(
        dy.data(),
        false,
        weight.value().data(),
        false,
        dx.data(),
        rows,
        inFeatures(),
        outFeatures(),
        accumulate);
    kernels.matmul(
        dy.data(),
        true,
        x.data(),
        false,
        weight.gradient().data(),
        outFeatures(),
        inFeatures(),
        rows,
        true);
  }

  @Override
  public List<Parameter> parameters() {
    return List.of(weight);
  }
}
