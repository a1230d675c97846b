package io.tritter.model;

import io.tritter.kernel.Activation;
import io.tritter.kernel.Kernels;
import io.tritter.nn.Linear;
import io.tritter.nn.Parameter;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.function.UnaryOperator;

/** {@code down(f(up(x)))}. */
record PlainFeedForward(Linear up, Linear down, Activation activation) implements FeedForward {
  @Override
  public void forward(BlockActivations a) {
    up.forward(a.feedForwardInput, a.up);
    Kernels.active()
        .activate(
            activation, a.up.data(), MemorySegment.NULL, a.hidden.data(), a.up.dim(0), a.up.dim(1));
    a.downInput.changed();
    down.forward(a.downInput, a.out);
  }

  @Override
  public void backward(BlockActivations a, BlockGradients g) {
    down.backward(a.downInput, g.stream, g.hidden, false);
    Kernels.active()
        .activateBackward(
            activation,
            a.up.data(),
            MemorySegment.NULL,
            g.hidden.data(),
            g.up.data(),
            MemorySegment.NULL,
            a.up.dim(0),
            a.up.dim(1));
    up.backward(a.feedForwardInput, g.up, g.branch, false);
  }

  @Override
  public List<Linear> linears() {
    return List.of(up, down);
  }

  @Override
  public List<Parameter> normParameters() {
    return List.of();
  }

  @Override
  public FeedForward map(UnaryOperator<Linear> change) {
    return new PlainFeedForward(change.apply(up), change.apply(down), activation);
  }
}
