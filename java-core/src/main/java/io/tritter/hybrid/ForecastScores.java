package io.tritter.hybrid;

import io.tritter.optim.State;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What forecasts for each kind were worth at each horizon. */
final class ForecastScores {
  /** A horizon is within the reach of a kind after so many comparisons. */
  static final int KNOWN = 16;

  private static final List<Kind> KINDS = ForecasterWindow.KINDS;

  private final int[] horizons;

  /** A kind after another. */
  private final List<ForecastScore> all = new ArrayList<>();

  /**
   * No comparisons yet.
   *
   * @param horizons in ticks, rising
   */
  ForecastScores(int[] horizons) {
    this.horizons = horizons.clone();
    for (int i = 0; i < KINDS.size(); i++) {
      for (int horizon : horizons) {
        all.add(new ForecastScore(horizon));
      }
    }
  }

  /** That of a kind at the k-th horizon. */
  ForecastScore of(Kind kind, int k) {
    return all.get(KINDS.indexOf(kind) * horizons.length + k);
  }

  /** The farthest horizon that a kind was compared at often enough, in ticks; 0 for none. */
  int reach(Kind kind) {
    int farthest = 0;
    for (int k = 0; k < horizons.length; k++) {
      farthest = of(kind, k).compared() >= KNOWN ? horizons[k] : farthest;
    }
    return farthest;
  }

  /**
   * All that there are.
   *
   * @param every steps of a tick
   */
  List<ForecastError> errors(int every) {
    List<ForecastError> errors = new ArrayList<>();
    for (Kind kind : KINDS) {
      for (int k = 0; k < horizons.length; k++) {
        if (of(kind, k).compared() > 0) {
          errors.add(of(kind, k).errors(kind, horizons[k] * every));
        }
      }
    }
    return errors;
  }

  State state() {
    State state = new State(Map.of(), Map.of());
    for (Kind kind : KINDS) {
      for (int k = 0; k < horizons.length; k++) {
        state = state.plus(of(kind, k).state().within(name(kind, k)));
      }
    }
    return state;
  }

  /** Goes on from a saved state; of no use after one that does not fit. */
  void load(State state) {
    for (Kind kind : KINDS) {
      for (int k = 0; k < horizons.length; k++) {
        of(kind, k).load(state.part(name(kind, k)));
      }
    }
  }

  private String name(Kind kind, int k) {
    return kind + "." + horizons[k] + ".";
  }
}
