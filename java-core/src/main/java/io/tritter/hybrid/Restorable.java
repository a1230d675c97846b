package io.tritter.hybrid;

import io.tritter.optim.State;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Something that goes back, to the bit, to where it was. */
public interface Restorable {
  /** Nothing to restore. */
  Restorable NOTHING = of(() -> new State(Map.of(), Map.of()), state -> {});

  /** Something that has these methods under other names. */
  static Restorable of(Supplier<State> state, Consumer<State> load) {
    return new Restorable() {
      @Override
      public State state() {
        return state.get();
      }

      @Override
      public void load(State saved) {
        load.accept(saved);
      }
    };
  }

  /** All that it needs to come back; the tensors may be live. */
  State state();

  /** Comes back; reads copies, and keeps none of them. */
  void load(State state);
}
