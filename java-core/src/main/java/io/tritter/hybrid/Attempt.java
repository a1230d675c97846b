package io.tritter.hybrid;

import io.tritter.optim.State;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An arm that is being tried, and the way back. */
final class Attempt {
  final Arm arm;

  /** Loss where it began. */
  double loss;

  /** Time spent on it so far. */
  double time;

  /** PREDICT steps so far. */
  int steps;

  @Nullable Snapshot snapshot;

  Attempt(Arm arm) {
    this.arm = arm;
  }

  /** The way back, once it was taken. */
  Snapshot snapshot() {
    Snapshot taken = snapshot;
    if (taken == null) {
      throw new IllegalStateException("no snapshot yet");
    }
    return taken;
  }

  /** All but the arm. */
  State state() {
    return new State(Map.of(), Map.of("loss", loss, "time", time, "steps", (double) steps))
        .plus(snapshot().state().within("snapshot."));
  }

  static Attempt of(Arm arm, Map<String, Restorable> parts, State state) {
    Attempt attempt = new Attempt(arm);
    attempt.loss = state.number("loss");
    attempt.time = state.number("time");
    attempt.steps = (int) state.count("steps");
    attempt.snapshot = Snapshot.of(parts, state.part("snapshot."));
    return attempt;
  }
}
