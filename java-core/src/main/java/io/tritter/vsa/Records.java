package io.tritter.vsa;

import io.tritter.tensor.Check;
import java.util.List;
import java.util.Map;

/** Pairs of a role and its filler as one hypervector (Plate, 1995). */
public final class Records {
  private Records() {}

  /** The bundle of {@code bind(filler, role)} of each pair. */
  public static Hypervector of(Binding law, Map<Hypervector, Hypervector> fillersByRole) {
    Check.atLeast("pairs", fillersByRole.size(), 1);
    List<Hypervector> pairs =
        fillersByRole.entrySet().stream()
            .map(pair -> law.bind(pair.getValue(), pair.getKey()))
            .toList();
    return Hypervector.bundle(pairs);
  }

  /** What resembles the filler of a role; an {@link ItemMemory} says which it is. */
  public static Hypervector filler(Binding law, Hypervector record, Hypervector role) {
    return law.unbind(record, role);
  }
}
