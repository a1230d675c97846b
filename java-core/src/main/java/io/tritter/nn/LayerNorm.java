package io.tritter.nn;

import io.tritter.kernel.Kernels;
import io.tritter.tensor.Check;
import io.tritter.tensor.Tensor;
import java.util.List;

/** Layer norm with a learned weight and bias; see {@link Kernels#layerNorm}. */
public final class LayerNorm implements Norm {
  private final Parameter weight;
  private final Parameter bias;
  private final float eps;

  /** A norm whose weight and bias are [dim]. */
  public LayerNorm(Parameter weight, Parameter bias, float eps) {
    Check.shape(weight.name(), weight.value().shape(), -1);
    Check.shape(bias.name(), bias.value().shape(), weight.value().shape());
    Check.positive("eps", eps);
    this.weight = weight;
    this.bias = bias;
    this.eps = eps;
  }

  @Override
  public void forward(Tensor x, Tensor out) {
    int dim = weight.value().dim(0);
    Kernels.active()
        .layerNorm(
            x.data(),
            weight.value().data(),
            bias.value().data(),
            out.data(),
            (int) (x.size() / dim),
            dim,
            eps);
  }

  @Override
  public void backward(Tensor x, Tensor dout, Tensor dx) {
    int dim = weight.value().dim(0);
    Kernels.active()
        .layerNormBackward(
            x.data(),
            weight.value().data(),
            dout.data(),
            dx.data(),
            weight.gradient().data(),
            bias.gradient().data(),
            (int) (x.size() / dim),
            dim,
            eps);
  }

  @Override
  public List<Parameter> parameters() {
    return List.of(weight, bias);
  }
}
