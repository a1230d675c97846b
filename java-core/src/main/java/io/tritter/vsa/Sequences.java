package io.tritter.vsa;

import io.tritter.tensor.Check;
import java.util.ArrayList;
import java.util.List;

/** Ordered items as one hypervector; {@link Hypervector#permute} by 1 marks one place. */
public final class Sequences {
  private Sequences() {}

  /**
   * The bind of all items, item i permuted by {@code n - 1 - i}: an item that comes earlier has
   * been moved on more often. Resembles none of its items, nor another order of them.
   */
  public static Hypervector ngram(Binding law, List<Hypervector> items) {
    Hypervector ngram = first(items);
    for (Hypervector item : items.subList(1, items.size())) {
      ngram = law.bind(ngram.permute(1), item);
    }
    return ngram;
  }

  /**
   * The bundle of the n-grams of all {@code items.size() - n + 1} windows (Joshi, Halseth and
   * Kanerva, 2016); resembles sequences that share them.
   */
  public static Hypervector ngrams(Binding law, List<Hypervector> items, int n) {
    Check.atLeast("n", n, 1);
    Check.atLeast("items", items.size(), n);
    List<Hypervector> ngrams = new ArrayList<>();
    for (int i = 0; i + n <= items.size(); i++) {
      ngrams.add(ngram(law, items.subList(i, i + n)));
    }
    return Hypervector.bundle(ngrams);
  }

  /** The bundle of all items, item i permuted by i; {@link #at} finds them again. */
  public static Hypervector of(List<Hypervector> items) {
    first(items);
    List<Hypervector> placed = new ArrayList<>();
    for (int i = 0; i < items.size(); i++) {
      placed.add(items.get(i).permute(i));
    }
    return Hypervector.bundle(placed);
  }

  /** What resembles item {@code place} of a sequence; an {@link ItemMemory} says which it is. */
  public static Hypervector at(Hypervector sequence, int place) {
    return sequence.permute(-place);
  }

  private static Hypervector first(List<Hypervector> items) {
    Check.atLeast("items", items.size(), 1);
    return items.get(0);
  }
}
