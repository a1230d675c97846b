package io.tritter.nn;

import io.tritter.kernel.Kernels;
import io.tritter.tensor.Check;
import io.tritter.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.List;

/** Root-mean-square norm with a learned weight; see {@link Kernels#rmsNorm}. */
public final class RmsNorm implements Norm {
  private final Parameter weight;
  private final float eps;

  /** A norm whose weight, [dim], is used as it is. */
  public RmsNorm(Parameter weight, float eps) {
    Check.shape(weight.name(), weight.value().shape(), -1);
    Check.positive("eps", eps);
    this.weight = weight;
    this.eps = eps;
  }

  @Override
  public void forward(Tensor x, Tensor out) {
    int dim = weight.value().dim(0);
    Kernels.active()
        .rmsNorm(x.data(), weight.value().data(), out.data(), (int) (x.size() / dim), dim, eps);
  }

  /**
   * {@link #forward}, quantized row by row; see {@link Kernels#rmsNormQuantize}.
   *
   * @param x [rows, dim]
   * @param quantized int8 [rows, dim]
   * @param inverseScales [rows]
   */
  void forward(Tensor x, MemorySegment quantized, Tensor inverseScales, int bits) {
    int dim = weight.value().dim(0);
    int rows = (int) (x.size() / dim);
    Kernels.active()
        .rmsNormQuantize(
            x.data(), weight.value().data(), quantized, inverseScales.data(), rows, dim, eps, bits);
  }

  @Override
  public void backward(Tensor x, Tensor dout, Tensor dx) {
    int dim = weight.value().dim(0);
    Kernels.active()
        .rmsNormBackward(
            x.data(),
            weight.value().data(),
            dout.data(),
            dx.data(),
            weight.gradient().data(),
            (int) (x.size() / dim),
            dim,
            eps);
  }

  @Override
  public List<Parameter> parameters() {
    return List.of(weight);
  }
}
