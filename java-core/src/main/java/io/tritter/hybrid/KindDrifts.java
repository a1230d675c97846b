package io.tritter.hybrid;

import io.tritter.optim.State;
import io.tritter.tensor.Tensor;
import java.util.List;
import java.util.Map;

/** By how much the loss changes from tick to tick of each kind: the mean of about the last 32. */
final class KindDrifts {
  private static final List<Kind> KINDS = ForecasterWindow.KINDS;
  private static final int TICKS = 32;

  private final Tensor means = Tensor.zeros(KINDS.size());
  private final Tensor counts = Tensor.zeros(KINDS.size());

  /** A tick of a kind has changed the loss. */
  void add(Kind kind, double change) {
    int place = KINDS.indexOf(kind);
    float count = Math.min(counts.get(place) + 1, TICKS);
    counts.set(place, count);
    means.set(place, (float) (means.get(place) + (change - means.get(place)) / count));
  }

  /** The change a tick; that of full steps for a kind that has not come yet. */
  double of(Kind kind) {
    int place = KINDS.indexOf(kind);
    return means.get(counts.get(place) > 0 ? place : KINDS.indexOf(Kind.OFF));
  }

  /** Both; live. */
  State state() {
    return new State(Map.of("means", means, "counts", counts), Map.of());
  }

  /** Goes on from a saved state; of no use after one that does not fit. */
  void load(State state) {
    means.copyFrom(state.tensor("means", means.shape()));
    counts.copyFrom(state.tensor("counts", counts.shape()));
  }
}
