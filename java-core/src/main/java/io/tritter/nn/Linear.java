package io.tritter.nn;

import io.tritter.tensor.Tensor;
import java.util.List;

/** {@code y = x w^T (+ bias)} for some kind of weight: the joint of the system. */
public interface Linear {
  int inFeatures();

  int outFeatures();

  /**
   * The product of each row.
   *
   * @param x [rows, inFeatures]
   * @param y [rows, outFeatures], written
   */
  void forward(Tensor x, Tensor y);

  /**
   * Backward of {@link #forward} for the same {@code x} and unchanged weights.
   *
   * @param dy [rows, outFeatures]
   * @param dx [rows, inFeatures], written, or added to with {@code accumulate}
   */
  void backward(Tensor x, Tensor dy, Tensor dx, boolean accumulate);

  /**
   * The part of {@link #backward} that goes to the input; no parameter learns.
   *
   * @param dy [rows, outFeatures]
   * @param dx [rows, inFeatures], written, or added to with {@code accumulate}
   */
  void backwardInput(Tensor dy, Tensor dx, boolean accumulate);

  /** {@link #forward(Tensor, Tensor)} of rows that other layers read too. */
  default void forward(SharedInput x, Tensor y) {
    forward(x.values(), y);
  }

  /** {@link #backward(Tensor, Tensor, Tensor, boolean)} of rows that other layers read too. */
  default void backward(SharedInput x, Tensor dy, Tensor dx, boolean accumulate) {
    backward(x.values(), dy, dx, accumulate);
  }

  /** The trainable parameters, with their gradients; none for a packed layer. */
  List<Parameter> parameters();
}
