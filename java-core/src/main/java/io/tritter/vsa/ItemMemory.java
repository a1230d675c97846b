package io.tritter.vsa;

import io.tritter.kernel.Workers;
import io.tritter.tensor.Check;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Hypervectors by name, and the clean-up of a noisy one: the stored vectors of the largest cosine
 * (Kanerva, 2009). Of equal cosines that of the name added first comes first.
 *
 * <p>Reads may run at the same time, a change may not run beside them.
 */
public final class ItemMemory {
  /** Words of a scan task. */
  private static final int TASK_WORDS = 1 << 12;

  private final int dim;
  private final Map<String, Hypervector> items = new LinkedHashMap<>();

  /** A name and how close its vector is to the one asked for. */
  public record Match(String name, double cosine) {}

  /** An empty memory of vectors of one dimension. */
  public ItemMemory(int dim) {
    this.dim = Check.atLeast("dim", dim, 1);
  }

  /**
   * Stores a vector.
   *
   * @throws IllegalArgumentException for a name that is there already, and for another dimension
   */
  public void add(String name, Hypervector vector) {
    check(vector);
    if (items.putIfAbsent(name, vector) != null) {
      throw Check.expected("name", "one that is not in the memory", "'" + name + "'");
    }
  }

  /** Forgets a vector. */
  public void remove(String name) {
    get(name);
    items.remove(name);
  }

  /**
   * The vector of a name.
   *
   * @throws IllegalArgumentException for a name that is not there
   */
  public Hypervector get(String name) {
    Hypervector vector = items.get(name);
    if (vector == null) {
      throw Check.expected("name", "one in the memory", "'" + name + "'");
    }
    return vector;
  }

  /** The names, in the order in which they were added; a view. */
  public Set<String> names() {
    return Collections.unmodifiableSet(items.keySet());
  }

  /** Dimension of every vector. */
  public int dim() {
    return dim;
  }

  /** Number of vectors. */
  public int size() {
    return items.size();
  }

  /**
   * The stored vector closest to a query.
   *
   * @throws IllegalArgumentException for an empty memory
   */
  public Match nearest(Hypervector query) {
    if (items.isEmpty()) {
      throw Check.expected("memory", "at least 1 vector", 0);
    }
    return nearest(query, 1).get(0);
  }

  /** The {@code k} closest, the best first; fewer if the memory has fewer. */
  public List<Match> nearest(Hypervector query, int k) {
    check(query);
    Check.atLeast("k", k, 1);
    List<String> names = new ArrayList<>(items.keySet());
    double[] cosines = cosines(query, new ArrayList<>(items.values()));
    List<Match> matches = new ArrayList<>(names.size());
    for (int i = 0; i < cosines.length; i++) {
      matches.add(new Match(names.get(i), cosines[i]));
    }
    matches.sort(Comparator.comparingDouble(Match::cosine).reversed()); // stable
    return List.copyOf(matches.subList(0, Math.min(k, matches.size())));
  }

  private static double[] cosines(Hypervector query, List<Hypervector> vectors) {
    double[] cosines = new double[vectors.size()];
    query.nonZeros(); // counted once, before the threads
    int perTask = Math.max(1, TASK_WORDS / query.plus.length);
    Workers.run(
        Math.ceilDiv(cosines.length, perTask),
        task -> {
          int to = Math.min(cosines.length, (task + 1) * perTask);
          for (int i = task * perTask; i < to; i++) {
            cosines[i] = vectors.get(i).cosine(query);
          }
        });
    return cosines;
  }

  private void check(Hypervector vector) {
    if (vector.dim() != dim) {
      throw Check.expected("hypervector", "dimension " + dim, vector.dim());
    }
  }
}
