package io.tritter.nn;

import io.tritter.tensor.Tensor;
import java.util.List;

/** A norm of each row with learned parameters. */
public sealed interface Norm permits RmsNorm, LayerNorm {
  /**
   * Normalizes each row.
   *
   * @param x [rows, dim]
   * @param out as {@code x}, may be {@code x}
   */
  void forward(Tensor x, Tensor out);

  /**
   * Backward of {@link #forward}: {@code dx} is written and may be {@code dout}; the gradients of
   * the parameters are added to.
   */
  void backward(Tensor x, Tensor dout, Tensor dx);

  /** The trainable parameters, each [dim]. */
  List<Parameter> parameters();
}
