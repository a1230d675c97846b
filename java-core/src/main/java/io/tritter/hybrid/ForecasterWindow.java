package io.tritter.hybrid;

import io.tritter.optim.State;
import io.tritter.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The last ticks of a {@link Forecaster}, the oldest first: what it saw, what came, and what it
 * forecast for the kind that came.
 */
final class ForecasterWindow {
  /** By the places in this list a state knows kinds, and a row its plan. */
  static final List<Kind> KINDS = List.of(Kind.values());

  private final int size;
  private final int horizons;
  private int count;

  private final Tensor inputs;
  private final Tensor kinds;
  private final Tensor losses;

  /** What forecasts of a tick are relative to. */
  private final Tensor levels;

  private final Tensor noises;
  private final Tensor drifts;
  private final Tensor forecasts;

  /**
   * An empty window.
   *
   * @param size ticks that it holds
   * @param horizons forecasts of a tick
   */
  ForecasterWindow(int size, int horizons) {
    this.size = size;
    this.horizons = horizons;
    inputs = Tensor.zeros(size, ForecasterFeatures.COUNT);
    kinds = Tensor.zeros(size);
    losses = Tensor.zeros(size);
    levels = Tensor.zeros(size);
    noises = Tensor.zeros(size);
    drifts = Tensor.zeros(size);
    forecasts = Tensor.zeros(size, horizons);
  }

  /** Ticks in it. */
  int count() {
    return count;
  }

  boolean full() {
    return count == size;
  }

  /** Makes room for a tick after the others, and forgets the oldest where there is none. */
  void push(Kind kind, double loss) {
    if (full()) {
      for (Tensor rows : List.of(inputs, kinds, losses, levels, noises, drifts, forecasts)) {
        rows.rows(0, size - 1).copyFrom(rows.rows(1, size));
      }
      count--;
    }
    kinds.set(count, KINDS.indexOf(kind));
    losses.set(count, (float) loss);
    count++;
  }

  /** Says what forecasts of the newest tick are relative to. */
  void relativeTo(double level, double noise) {
    levels.set(count - 1, (float) level);
    noises.set(count - 1, (float) noise);
  }

  /** The input of a tick, [COUNT]; live. */
  Tensor input(int tick) {
    return inputs.rows(tick, tick + 1).reshape(ForecasterFeatures.COUNT);
  }

  /** The inputs of all ticks but the newest, whose plan nobody knows. */
  Tensor planned() {
    return inputs.rows(0, count - 1);
  }

  Tensor losses() {
    return losses;
  }

  /** Says by how much the loss of a planned tick is taken to change a tick. */
  void drift(int tick, double change) {
    drifts.set(tick, (float) change);
  }

  void forecast(int tick, int horizon, double loss) {
    forecasts.set((long) tick * horizons + horizon, (float) loss);
  }

  double forecast(int tick, int horizon) {
    return forecasts.get((long) tick * horizons + horizon);
  }

  /** How far the loss was, so many ticks later, from the level and its drift; in noises. */
  double target(int tick, int ahead) {
    double expected = levels.get(tick) + ahead * drifts.get(tick);
    return (losses.get((long) tick + ahead) - expected) / noises.get(tick);
  }

  /** How many ticks right after this one are of one kind: as far as its plan was kept to. */
  int kept(int tick) {
    int end = tick + 1;
    while (end < count && kinds.get(end) == kinds.get((long) tick + 1)) {
      end++;
    }
    return end - tick - 1;
  }

  /** All of it; live. */
  State state() {
    return new State(tensors(), Map.of("count", (double) count));
  }

  private Map<String, Tensor> tensors() {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    tensors.put("inputs", inputs);
    tensors.put("kinds", kinds);
    tensors.put("losses", losses);
    tensors.put("levels", levels);
    tensors.put("noises", noises);
    tensors.put("drifts", drifts);
    tensors.put("forecasts", forecasts);
    return tensors;
  }

  /** Goes on from a saved state; of no use after one that does not fit. */
  void load(State state) {
    tensors().forEach((name, tensor) -> tensor.copyFrom(state.tensor(name, tensor.shape())));
    count = (int) state.count("count", 0, size);
  }
}
