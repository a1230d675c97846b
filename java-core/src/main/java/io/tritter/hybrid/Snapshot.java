package io.tritter.hybrid;

import io.tritter.optim.State;
import java.util.LinkedHashMap;
import java.util.Map;

/** Copies of all that a step changes, by name, to go back to. */
final class Snapshot {
  private final Map<String, Restorable> parts;
  private final State copies;

  private Snapshot(Map<String, Restorable> parts, State copies) {
    this.parts = new LinkedHashMap<>(parts);
    this.copies = copies;
  }

  /**
   * Takes a snapshot.
   *
   * @param parts by a name without a dot
   */
  static Snapshot of(Map<String, Restorable> parts) {
    State all = new State(Map.of(), Map.of());
    for (Map.Entry<String, Restorable> part : parts.entrySet()) {
      all = all.plus(part.getValue().state().within(part.getKey() + "."));
    }
    return new Snapshot(parts, all.copy());
  }

  /** A snapshot that was saved. */
  static Snapshot of(Map<String, Restorable> parts, State saved) {
    return new Snapshot(parts, saved.copy());
  }

  /** Puts everything back. */
  void restore() {
    parts.forEach((name, part) -> part.load(part(name)));
  }

  /** What was kept of one part. */
  State part(String name) {
    return copies.part(name + ".");
  }

  /** All of it. */
  State state() {
    return copies;
  }
}
