package io.tritter.hybrid;

import io.tritter.nn.Parameter;
import io.tritter.optim.Optimizer;
import io.tritter.optim.ParameterShapes;
import io.tritter.optim.State;
import io.tritter.tensor.Tensor;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Steps by the average of past gradients, {@code a = .9 a + .1 g}; no pass, so a step costs its
 * optimizer alone. Strength: what the rate is multiplied with.
 */
final class Coasting implements PredictKind {
  private static final double MEMORY = 0.9;
  private static final String SEEN = "seen";
  private static final String CONFIDENCE = "confidence";
  private static final String AVERAGE = "average.";

  private final ParameterShapes shapes;
  private final List<Tensor> gradients;
  private final List<Tensor> average;
  private boolean seen;
  private double confidence;

  Coasting(List<Parameter> parameters) {
    shapes = ParameterShapes.of(parameters);
    gradients = Tensors.gradients(parameters);
    average = shapes.zeros();
  }

  @Override
  public @Nullable Effort effort(double strength) {
    return null;
  }

  @Override
  public double rateFactor(double strength) {
    return strength;
  }

  @Override
  public boolean watches() {
    return true;
  }

  /** Begins a new average: gradients of long ago point elsewhere. */
  @Override
  public void watch() {
    seen = false;
    confidence = 0;
  }

  @Override
  public void observe(long step, boolean correcting) {
    if (seen) {
      double cosine = Tensors.cosine(average, gradients);
      confidence = MEMORY * confidence + (1 - MEMORY) * cosine;
    }
    Tensors.axpby(average, seen ? 1 - MEMORY : 1, gradients, seen ? MEMORY : 0);
    seen = true;
  }

  @Override
  public double confidence() {
    return confidence;
  }

  @Override
  public double update(
      long step, double strength, Optimizer optimizer, double rate, double clipNorm) {
    optimizer.step(shapes.named(average), rate, clipNorm);
    return Double.NaN;
  }

  @Override
  public State state() {
    return new State(
        shapes.named(AVERAGE, average), Map.of(SEEN, seen ? 1.0 : 0.0, CONFIDENCE, confidence));
  }

  @Override
  public void load(State state) {
    Tensors.copy(average, shapes.from(state, AVERAGE));
    seen = state.count(SEEN, 0, 1) == 1;
    confidence = state.number(CONFIDENCE);
  }
}
