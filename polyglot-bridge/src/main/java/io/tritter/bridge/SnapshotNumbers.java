package io.tritter.bridge;

import io.tritter.hybrid.Restorable;
import io.tritter.optim.State;
import java.util.Map;

/**
 * What Python restores by itself, as a number: a snapshot is to be taken, or to be put back, when
 * the step is over.
 */
final class SnapshotNumbers implements Restorable {
  private static final String NUMBER = "number";

  private long last;
  private long taken;
  private long wanted;

  @Override
  public State state() {
    last++;
    taken = last;
    return new State(Map.of(), Map.of(NUMBER, (double) last));
  }

  @Override
  public void load(State state) {
    wanted = state.count(NUMBER);
  }

  /** Forgets what the step before asked for. */
  void begin() {
    taken = 0;
    wanted = 0;
  }

  /** Number of the snapshot that is to be taken now; 0 for none. */
  long taken() {
    return taken;
  }

  /** Number of the snapshot that is to be put back now; 0 for none. */
  long wanted() {
    return wanted;
  }

  /** The last number that was given out. */
  long last() {
    return last;
  }

  /** Goes on after a number. */
  void last(long number) {
    last = number;
  }
}
