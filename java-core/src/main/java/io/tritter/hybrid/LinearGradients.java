package io.tritter.hybrid;

import io.tritter.nn.Parameter;
import io.tritter.optim.Optimizer;
import io.tritter.optim.State;
import io.tritter.tensor.Tensor;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Steps by the gradients of a {@link Predictor}, such as a line through past ones; no pass, so a
 * step costs its optimizer alone. Strength: what the rate is multiplied with.
 */
final class LinearGradients implements PredictKind {
  private static final String CONFIDENCE = "confidence";
  private static final String SEEN = "seen";
  private static final String PREDICTOR = "predictor.";

  /** Weight of the cosine of one more step. */
  private static final double NEW = 0.3;

  private final Predictor predictor;
  private final List<Tensor> gradients;
  private boolean seen;
  private double confidence;

  LinearGradients(Predictor predictor, List<Parameter> parameters) {
    this.predictor = predictor;
    this.gradients = Tensors.gradients(parameters);
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

  @Override
  public void observe(long step, boolean correcting) {
    if (seen) {
      double cosine = Tensors.cosine(predictor.predict(step), gradients);
      confidence += NEW * (cosine - confidence);
    }
    if (correcting) {
      predictor.correct(step, gradients);
    } else {
      predictor.observe(step, gradients);
    }
    seen = true;
  }

  @Override
  public double confidence() {
    return confidence;
  }

  @Override
  public double update(
      long step, double strength, Optimizer optimizer, double rate, double clipNorm) {
    Map<String, Tensor> predicted = predictor.parameters().named(predictor.predict(step));
    optimizer.step(predicted, rate, clipNorm);
    return Double.NaN;
  }

  @Override
  public State state() {
    return new State(Map.of(), Map.of(CONFIDENCE, confidence, SEEN, seen ? 1.0 : 0.0))
        .plus(predictor.state().within(PREDICTOR));
  }

  @Override
  public void load(State state) {
    predictor.load(state.part(PREDICTOR));
    confidence = state.number(CONFIDENCE);
    seen = state.count(SEEN, 0, 1) == 1;
  }
}
