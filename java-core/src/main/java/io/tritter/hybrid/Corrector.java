package io.tritter.hybrid;

import io.tritter.nn.Parameter;
import io.tritter.optim.ParameterShapes;
import io.tritter.optim.State;
import io.tritter.tensor.Tensor;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * After a jump of k steps of p each, a full step u says which way it should have gone: half of
 * {@code k (u - p)} by the trapezoid rule. Each of r CORRECT steps adds its part {@code strength k
 * / (2 r) c(u - p)}, where c keeps the form of the {@link Correction}.
 */
final class Corrector implements Restorable {
  private static final String STEPS = "steps";
  private static final String PREDICTED = "predicted.";

  private final Correction correction;
  private final ParameterShapes shapes;
  private final List<Tensor> weights;

  /** p; null where nothing is corrected. */
  private @Nullable List<Tensor> predicted;

  /** k; 0 where nothing is corrected. */
  private int steps;

  Corrector(Correction correction, List<Parameter> parameters) {
    this.correction = correction;
    this.shapes = ParameterShapes.of(parameters);
    this.weights = Tensors.values(parameters);
  }

  /** Begins after a jump of some steps from {@code before} to the weights that are there now. */
  void begin(List<Tensor> before, int jumpSteps) {
    if (correction.strength() == 0 || jumpSteps == 0) {
      return;
    }
    List<Tensor> way = before.stream().map(Tensor::copy).toList();
    Tensors.axpby(way, 1.0 / jumpSteps, weights, -1.0 / jumpSteps);
    predicted = way;
    steps = jumpSteps;
  }

  boolean active() {
    return predicted != null;
  }

  /**
   * After a full step.
   *
   * @param before copies of the weights before it; used up
   * @param correctSteps r
   */
  void correct(List<Tensor> before, int correctSteps) {
    List<Tensor> way = predicted;
    if (way == null) {
      return;
    }
    float share = (float) (correction.strength() * steps / (2.0 * correctSteps));
    for (int i = 0; i < weights.size(); i++) {
      Tensor difference = before.get(i);
      difference.axpby(1, weights.get(i), -1);
      difference.axpby(-1, way.get(i), 1);
      switch (correction.form()) {
        case SPARSE_TERNARY -> SparseTernary.approximate(difference);
        case LOW_RANK -> LowRank.approximate(difference, correction.rank());
      }
      weights.get(i).axpby(share, difference, 1);
    }
  }

  void end() {
    predicted = null;
    steps = 0;
  }

  @Override
  public State state() {
    List<Tensor> way = predicted;
    return new State(
        way == null ? Map.of() : shapes.named(PREDICTED, way), Map.of(STEPS, (double) steps));
  }

  @Override
  public void load(State state) {
    int saved = (int) state.count(STEPS, 0, Integer.MAX_VALUE);
    predicted =
        saved == 0 ? null : shapes.from(state, PREDICTED).stream().map(Tensor::copy).toList();
    steps = saved;
  }
}
