package io.tritter.hybrid;

import io.tritter.nn.Parameter;
import io.tritter.optim.ParameterShapes;
import io.tritter.optim.State;
import io.tritter.tensor.Tensor;
import java.util.List;
import java.util.Map;

/**
 * Raises a learning rate that is too small: while the ways of the weights over 10 full steps and
 * over the next 10 have a cosine above 0.3, the rate is multiplied by 1.5, up to a limit. It never
 * falls: a low cosine does not tell a good rate from one that is too high. A schedule that still
 * rises is waited for.
 */
final class RateRaise implements Restorable {
  private static final int STEPS = 10;
  private static final double TOO_STRAIGHT = 0.3;
  private static final double RAISE = 1.5;

  private final double most;
  private final ParameterShapes shapes;
  private final List<Tensor> weights;
  private final List<Tensor> start;
  private final List<Tensor> way;
  private double factor = 1;
  private double lastRate;
  private int seen;
  private boolean compared;

  /**
   * A raise by at most a factor; 1 for none, which keeps nothing.
   *
   * @param most at least 1
   */
  RateRaise(double most, List<Parameter> parameters) {
    this.most = most;
    shapes = ParameterShapes.of(parameters);
    weights = Tensors.values(parameters);
    start = most > 1 ? shapes.zeros() : List.of();
    way = most > 1 ? shapes.zeros() : List.of();
  }

  double factor() {
    return factor;
  }

  /** Weights have changed otherwise than by full steps: begins anew. */
  void restart() {
    seen = 0;
    compared = false;
  }

  /** Before a full step at a scheduled rate. */
  void observe(double rate) {
    if (most == 1) {
      return;
    }
    if (rate > lastRate) {
      restart();
    }
    lastRate = rate;
    if (seen == STEPS) {
      seen = 0;
      raise();
    }
    if (seen == 0) {
      Tensors.copy(start, weights);
    }
    seen++;
  }

  /** Turns {@code start} into the way from there, compares it, and keeps it for the next time. */
  private void raise() {
    Tensors.axpby(start, 1, weights, -1);
    if (compared && Tensors.cosine(way, start) > TOO_STRAIGHT) {
      factor = Math.min(most, factor * RAISE);
    }
    Tensors.copy(way, start);
    compared = true;
  }

  @Override
  public State state() {
    Map<String, Double> numbers =
        Map.of(
            "factor",
            factor,
            "last_rate",
            lastRate,
            "seen",
            (double) seen,
            "compared",
            compared ? 1.0 : 0.0);
    if (most == 1) {
      return new State(Map.of(), numbers);
    }
    return new State(shapes.named("start.", start), numbers)
        .plus(new State(shapes.named("way.", way), Map.of()));
  }

  @Override
  public void load(State state) {
    if (most > 1) {
      Tensors.copy(start, shapes.from(state, "start."));
      Tensors.copy(way, shapes.from(state, "way."));
    }
    factor = state.number("factor");
    lastRate = state.number("last_rate");
    seen = (int) state.count("seen", 0, STEPS);
    compared = state.count("compared", 0, 1) == 1;
  }
}
