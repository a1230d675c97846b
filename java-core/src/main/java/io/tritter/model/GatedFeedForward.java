package io.tritter.model;

import io.tritter.kernel.Activation;
import io.tritter.kernel.Kernels;
import io.tritter.nn.Linear;
import io.tritter.nn.Norm;
import io.tritter.nn.Parameter;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * {@code down(subNorm(f(gate(x)) * up(x)))} (Shazeer, 2020).
 *
 * @param subNorm norm before {@code down}, if the model has one
 */
record GatedFeedForward(
    Linear gate, Linear up, @Nullable Norm subNorm, Linear down, Activation activation)
    implements FeedForward {
  @Override
  public void forward(BlockActivations a) {
    gate.forward(a.feedForwardInput, a.gate);
    up.forward(a.feedForwardInput, a.up);
    Kernels.active()
        .gated(activation, a.gate.data(), a.up.data(), a.hidden.data(), a.hidden.size());
    Attention.subNorm(subNorm, a.hidden, a.downInput);
    down.forward(a.downInput, a.out);
  }

  @Override
  public void backward(BlockActivations a, BlockGradients g) {
    down.backward(a.downInput, g.stream, g.hidden, false);
    if (subNorm != null) {
      subNorm.backward(a.hidden, g.hidden, g.hidden);
    }
    Kernels.active()
        .gatedBackward(
            activation,
            a.gate.data(),
            a.up.data(),
            g.hidden.data(),
            g.gate.data(),
            g.up.data(),
            a.hidden.size());
    gate.backward(a.feedForwardInput, g.gate, g.branch, false);
    up.backward(a.feedForwardInput, g.up, g.branch, true);
  }

  @Override
  public List<Linear> linears() {
    return List.of(gate, up, down);
  }

  @Override
  public List<Parameter> normParameters() {
    return subNorm == null ? List.of() : subNorm.parameters();
  }

  @Override
  public FeedForward map(UnaryOperator<Linear> change) {
    return new GatedFeedForward(
        change.apply(gate), change.apply(up), subNorm, change.apply(down), activation);
  }
}
