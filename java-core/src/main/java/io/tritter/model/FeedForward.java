package io.tritter.model;

import io.tritter.nn.Linear;
import io.tritter.nn.Parameter;
import java.util.List;
import java.util.function.UnaryOperator;

/** The half of a block that looks at each position by itself. */
sealed interface FeedForward permits GatedFeedForward, PlainFeedForward {
  /** Computes {@code a.out} from {@code a.feedForwardInput}. */
  void forward(BlockActivations a);

  /** Backward of {@link #forward}: from {@code g.stream} to {@code g.branch}. */
  void backward(BlockActivations a, BlockGradients g);

  /** In the order of the forward pass. */
  List<Linear> linears();

  /** Those of the sub-norm, if there is one. */
  List<Parameter> normParameters();

  /** The same with other matrices. */
  FeedForward map(UnaryOperator<Linear> change);
}
