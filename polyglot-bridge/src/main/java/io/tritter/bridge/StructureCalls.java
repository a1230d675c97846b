package io.tritter.bridge;

import io.tritter.tensor.Check;
import io.tritter.vsa.Binding;
import io.tritter.vsa.Hypervector;
import io.tritter.vsa.ItemMemory;
import io.tritter.vsa.Records;
import io.tritter.vsa.Resonator;
import io.tritter.vsa.Sequences;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.graalvm.polyglot.HostAccess;

/**
 * Calls of {@code tritter_accel.vsa} on what is made of hypervectors; a memory, its matches, a
 * resonator and its factors are handles.
 */
public final class StructureCalls {
  private final Hypervectors vectors;

  StructureCalls(Memory memory) {
    vectors = new Hypervectors(memory);
  }

  @HostAccess.Export
  public void ngram(String law, long[] addresses, long[] sizes, long target, long targetSize) {
    List<Hypervector> items = vectors.read("items", addresses, sizes);
    vectors.write(Sequences.ngram(Binding.named(law), items), target, targetSize);
  }

  @HostAccess.Export
  public void ngrams(
      String law, int n, long[] addresses, long[] sizes, long target, long targetSize) {
    List<Hypervector> items = vectors.read("items", addresses, sizes);
    vectors.write(Sequences.ngrams(Binding.named(law), items, n), target, targetSize);
  }

  @HostAccess.Export
  public void sequence(long[] addresses, long[] sizes, long target, long targetSize) {
    vectors.write(Sequences.of(vectors.read("items", addresses, sizes)), target, targetSize);
  }

  @HostAccess.Export
  public void record(
      String law,
      long[] roleAddresses,
      long[] roleSizes,
      long[] fillerAddresses,
      long[] fillerSizes,
      long target,
      long targetSize) {
    List<Hypervector> roles = vectors.read("roles", roleAddresses, roleSizes);
    List<Hypervector> fillers = vectors.read("fillers", fillerAddresses, fillerSizes);
    Map<Hypervector, Hypervector> pairs = new LinkedHashMap<>();
    for (int i = 0; i < roles.size(); i++) {
      if (pairs.put(roles.get(i), fillers.get(i)) != null) {
        throw Check.expected("roles", "different hypervectors", "the same twice, at " + i);
      }
    }
    vectors.write(Records.of(Binding.named(law), pairs), target, targetSize);
  }

  @HostAccess.Export
  public ItemMemory memory(int dim) {
    return new ItemMemory(dim);
  }

  @HostAccess.Export
  public void add(ItemMemory items, String name, long vector, long size) {
    items.add(name, vectors.read("vector", vector, size));
  }

  @HostAccess.Export
  public void remove(ItemMemory items, String name) {
    items.remove(name);
  }

  @HostAccess.Export
  public void get(ItemMemory items, String name, long target, long targetSize) {
    vectors.write(items.get(name), target, targetSize);
  }

  @HostAccess.Export
  public boolean has(ItemMemory items, String name) {
    return items.names().contains(name);
  }

  @HostAccess.Export
  public String[] names(ItemMemory items) {
    return items.names().toArray(String[]::new);
  }

  @HostAccess.Export
  public int size(ItemMemory items) {
    return items.size();
  }

  @HostAccess.Export
  public List<ItemMemory.Match> nearest(ItemMemory items, int k, long query, long size) {
    return items.nearest(vectors.read("query", query, size), k);
  }

  @HostAccess.Export
  public String[] matchNames(List<ItemMemory.Match> matches) {
    return matches.stream().map(ItemMemory.Match::name).toArray(String[]::new);
  }

  @HostAccess.Export
  public double[] matchCosines(List<ItemMemory.Match> matches) {
    return matches.stream().mapToDouble(ItemMemory.Match::cosine).toArray();
  }

  /**
   * A resonator.
   *
   * @param counts number of vectors of each codebook, which follow each other in the lists
   */
  @HostAccess.Export
  public Resonator resonator(String law, int[] counts, long[] addresses, long[] sizes) {
    List<Hypervector> all = vectors.read("codebooks", addresses, sizes);
    List<List<Hypervector>> codebooks = new ArrayList<>();
    int from = 0;
    for (int count : counts) {
      codebooks.add(all.subList(from, from + count));
      from += count;
    }
    return new Resonator(Binding.named(law), codebooks);
  }

  @HostAccess.Export
  public Resonator.Factors factor(Resonator resonator, int maxIterations, long product, long size) {
    return resonator.factor(vectors.read("product", product, size), maxIterations);
  }

  @HostAccess.Export
  public int[] places(Resonator.Factors found) {
    return found.factors().stream().mapToInt(Integer::intValue).toArray();
  }

  @HostAccess.Export
  public double cosine(Resonator.Factors found) {
    return found.cosine();
  }
}
