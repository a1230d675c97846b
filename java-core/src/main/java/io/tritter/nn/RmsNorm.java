package io.tritter.nn;

import io.tritter.kernel.Kernels;
import io.tritter.tensor.Check;
import io.tritter.tensor.Tensor;
import java.lang.foreign.MemorySegment;

/** Root-mean-square norm with a learned weight; see {@link Kernels#rmsNorm}. */
public final class RmsNorm {
  private final Parameter weight;
  private final float eps;

  /** A norm whose weight, [dim], is used as it is. */
  public RmsNorm(Parameter weight, float eps) {
    Check.shape(weight.name(), weight.value().shape(), -1);
    Check.positive("eps", eps);
    this.weight = weight;
    this.eps = eps;
  }

  /** The weight, [dim]. */
  public Parameter weight() {
    return weight;
  }

  /**
   * Normalizes each row.
   *
   * @param x [rows, dim]
   * @param out as {@code x}, may be {@code x}
   */
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

  /**
   * Backward of {@link #forward}: {@code dx} is written and may be {@code dout}; the weight's
   * gradient is added to.
   */
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
}
