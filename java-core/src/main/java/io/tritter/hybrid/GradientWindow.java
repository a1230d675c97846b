package io.tritter.hybrid;

import io.tritter.optim.ParameterShapes;
import io.tritter.optim.State;
import io.tritter.tensor.Check;
import io.tritter.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A line fit over the last {@code length} gradients, which it keeps: that many floats a parameter.
 */
final class GradientWindow implements LineFit {
  private final ParameterShapes parameters;
  private final double decay;
  private final int length;

  /** Oldest first; a copy that is no longer needed is overwritten, not freed. */
  private final List<Kept> window = new ArrayList<>();

  private record Kept(long step, List<Tensor> gradients) {}

  GradientWindow(ParameterShapes parameters, int length, double decay) {
    this.length = Check.atLeast("history_window", length, 2);
    Check.inRange("history_decay", decay, 0.01, 1);
    this.parameters = parameters;
    this.decay = decay;
  }

  @Override
  public void add(long step, List<Tensor> gradients) {
    List<Tensor> copies =
        window.size() < length ? parameters.zeros() : window.removeFirst().gradients();
    for (int i = 0; i < copies.size(); i++) {
      copies.get(i).copyFrom(gradients.get(i));
    }
    window.add(new Kept(step, copies));
  }

  @Override
  public long latest() {
    return window.isEmpty() ? -1 : window.getLast().step();
  }

  @Override
  public void valueAt(long step, List<Tensor> out) {
    Moments moments = Moments.NONE;
    for (int k = 0; k < window.size(); k++) {
      long gap = k == 0 ? 0 : window.get(k).step() - window.get(k - 1).step();
      moments = moments.plus(decay, gap);
    }
    double at = (double) (step - latest());
    double constant = moments.constant(at);
    double slope = moments.slope(at);
    for (int k = 0; k < window.size(); k++) {
      Kept kept = window.get(k);
      double w = Math.pow(decay, window.size() - 1 - k);
      float factor = (float) (w * (constant + slope * (kept.step() - latest())));
      for (int i = 0; i < out.size(); i++) {
        out.get(i).axpby(factor, kept.gradients().get(i), k == 0 ? 0 : 1);
      }
    }
  }

  @Override
  public long floats() {
    return window.size() * parameters.elements();
  }

  @Override
  public void reset() {
    window.clear();
  }

  @Override
  public State state() {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    Map<String, Double> numbers = new LinkedHashMap<>();
    numbers.put("window", (double) window.size());
    for (int k = 0; k < window.size(); k++) {
      tensors.putAll(parameters.named("gradient." + k + ".", window.get(k).gradients()));
      numbers.put("step." + k, (double) window.get(k).step());
    }
    return new State(tensors, numbers);
  }

  @Override
  public void load(State state) {
    long size = state.count("window", 0, length);
    List<Kept> loaded = new ArrayList<>();
    for (int k = 0; k < size; k++) {
      List<Tensor> copies =
          parameters.from(state, "gradient." + k + ".").stream().map(Tensor::copy).toList();
      loaded.add(new Kept(state.count("step." + k), copies));
    }
    window.clear();
    window.addAll(loaded);
  }
}
