package io.tritter.model;

import io.tritter.nn.Linear;
import io.tritter.nn.SharedInput;
import io.tritter.tensor.Tensor;
import java.util.List;
import java.util.function.UnaryOperator;

/** What makes queries, keys and values of a block's input. */
sealed interface Projections permits SeparateProjections, JoinedProjection {
  /**
   * The products.
   *
   * @param x [rows, hiddenSize]
   * @param q [rows, querySize], written
   * @param k [rows, kvSize], written
   * @param v [rows, kvSize], written
   * @param joined scratch, [rows, joinedSize]
   */
  void forward(SharedInput x, Tensor q, Tensor k, Tensor v, Tensor joined);

  /**
   * Backward of {@link #forward}.
   *
   * @param dx [rows, hiddenSize], written
   */
  void backward(SharedInput x, Tensor dq, Tensor dk, Tensor dv, Tensor dx, Tensor joined);

  List<Linear> linears();

  /** The same with other matrices. */
  Projections map(UnaryOperator<Linear> change);
}
