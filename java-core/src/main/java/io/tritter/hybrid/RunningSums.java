package io.tritter.hybrid;

import io.tritter.optim.ParameterShapes;
import io.tritter.optim.State;
import io.tritter.tensor.Check;
import io.tritter.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A line fit over all past gradients from two sums, {@code S = sum w g} and {@code T = sum w t g},
 * with w = decay^age: 2 floats a parameter, however long the history.
 */
final class RunningSums implements LineFit {
  private final ParameterShapes parameters;
  private final double decay;
  private final List<Tensor> sums;
  private final List<Tensor> timeSums;
  private Moments moments = Moments.NONE;
  private long latest = -1;

  RunningSums(ParameterShapes parameters, double decay) {
    Check.inRange("history_decay", decay, 0.01, 0.9999);
    this.parameters = parameters;
    this.decay = decay;
    this.sums = parameters.zeros();
    this.timeSums = parameters.zeros();
  }

  @Override
  public void add(long step, List<Tensor> gradients) {
    long gap = latest < 0 ? 0 : step - latest;
    for (int i = 0; i < sums.size(); i++) {
      timeSums.get(i).axpby((float) (-decay * gap), sums.get(i), (float) decay);
      sums.get(i).axpby(1, gradients.get(i), (float) decay);
    }
    moments = moments.plus(decay, gap);
    latest = step;
  }

  @Override
  public long latest() {
    return latest;
  }

  @Override
  public void valueAt(long step, List<Tensor> out) {
    double t = (double) (step - latest);
    for (int i = 0; i < sums.size(); i++) {
      out.get(i).axpby((float) moments.constant(t), sums.get(i), 0);
      out.get(i).axpby((float) moments.slope(t), timeSums.get(i), 1);
    }
  }

  @Override
  public long floats() {
    return 2 * parameters.elements();
  }

  @Override
  public void reset() {
    sums.forEach(Tensor::clear);
    timeSums.forEach(Tensor::clear);
    moments = Moments.NONE;
    latest = -1;
  }

  @Override
  public State state() {
    Map<String, Tensor> tensors = new LinkedHashMap<>(parameters.named("sum.", sums));
    tensors.putAll(parameters.named("time_sum.", timeSums));
    Map<String, Double> numbers =
        Map.of(
            "latest", (double) latest,
            "sum_w", moments.w(),
            "sum_wt", moments.wt(),
            "sum_wtt", moments.wtt());
    return new State(tensors, numbers);
  }

  @Override
  public void load(State state) {
    List<Tensor> newSums = parameters.from(state, "sum.");
    List<Tensor> newTimeSums = parameters.from(state, "time_sum.");
    long newLatest = state.count("latest", -1, 1L << 53);
    moments = new Moments(state.number("sum_w"), state.number("sum_wt"), state.number("sum_wtt"));
    latest = newLatest;
    for (int i = 0; i < sums.size(); i++) {
      sums.get(i).copyFrom(newSums.get(i));
      timeSums.get(i).copyFrom(newTimeSums.get(i));
    }
  }
}
