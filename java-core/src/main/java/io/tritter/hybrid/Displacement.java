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
 * Extrapolates the way of the weights: {@code w += strength f (w2 - w1) / steps}, where w1 to w2 is
 * the way of the later half of the full steps, and f of each tensor says how much of the earlier
 * half d1 went on in the later half d2: {@code f = <d1, d2> / <d1, d1>}, from 0 to 1.
 *
 * <p>No pass and no optimizer. The optimizer's moments stay what they were.
 */
final class Displacement implements PredictKind {
  private static final String SEEN = "seen";
  private static final String READY = "ready";
  private static final String COSINE = "cosine";
  private static final String START = "start.";
  private static final String MIDDLE = "middle.";

  private final ParameterShapes shapes;
  private final List<Tensor> weights;
  private final int half;

  /** Weights before the first step that was shown; a step's extrapolation once {@link #ready}. */
  private final List<Tensor> start;

  /** Weights before step {@link #half} of those. */
  private final List<Tensor> middle;

  private long seen;
  private boolean ready;

  /** Of the earlier way to the later one, once {@link #ready}. */
  private double cosine;

  Displacement(List<Parameter> parameters, int fullSteps) {
    shapes = ParameterShapes.of(parameters);
    weights = Tensors.values(parameters);
    start = shapes.zeros();
    middle = shapes.zeros();
    half = Math.max(1, fullSteps / 2);
  }

  @Override
  public @Nullable Effort effort(double strength) {
    return null;
  }

  @Override
  public boolean watches() {
    return true;
  }

  @Override
  public void watch() {
    seen = 0;
    ready = false;
  }

  @Override
  public void observe(long step, boolean correcting) {
    if (correcting) {
      return;
    }
    if (seen == 0) {
      Tensors.copy(start, weights);
    }
    if (seen == half) {
      Tensors.copy(middle, weights);
    }
    seen++;
  }

  @Override
  public double confidence() {
    if (seen <= half) {
      return 0;
    }
    prepare();
    return cosine;
  }

  private void prepare() {
    if (ready) {
      return;
    }
    double both = 0;
    double early = 0;
    double late = 0;
    for (int i = 0; i < weights.size(); i++) {
      Tensor d1 = start.get(i);
      Tensor d2 = middle.get(i);
      d1.axpby(1, d2, -1);
      d2.axpby(1, weights.get(i), -1);
      double product = Tensors.dot(d1, d2);
      double square = Tensors.dot(d1, d1);
      both += product;
      early += square;
      late += Tensors.dot(d2, d2);
      double factor = square > 0 ? Math.clamp(product / square, 0, 1) : 0;
      d1.axpby((float) (factor / (seen - half)), d2, 0);
    }
    cosine = early > 0 && late > 0 ? both / Math.sqrt(early * late) : 0;
    ready = true;
  }

  @Override
  public double update(
      long step, double strength, Optimizer optimizer, double rate, double clipNorm) {
    prepare();
    Tensors.axpby(weights, strength, start, 1);
    return Double.NaN;
  }

  @Override
  public State state() {
    return new State(
            shapes.named(START, start),
            Map.of(SEEN, (double) seen, READY, ready ? 1.0 : 0.0, COSINE, cosine))
        .plus(new State(shapes.named(MIDDLE, middle), Map.of()));
  }

  @Override
  public void load(State state) {
    Tensors.copy(start, shapes.from(state, START));
    Tensors.copy(middle, shapes.from(state, MIDDLE));
    seen = state.count(SEEN);
    ready = state.count(READY, 0, 1) == 1;
    cosine = state.number(COSINE);
  }
}
