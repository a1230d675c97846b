package io.tritter.benchmarks;

import io.tritter.vsa.Binding;
import io.tritter.vsa.Hypervector;
import io.tritter.vsa.ItemMemory;
import io.tritter.vsa.Records;
import io.tritter.vsa.Resonator;
import io.tritter.vsa.Sequences;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;

/** What is built of hypervectors: memories, sequences, records, and finding factors. */
public class VsaBenchmark extends KernelBenchmark {
  private static final int STORED = 1000;
  private static final int LETTERS = 100;
  private static final int PAIRS = 10;
  private static final int CODEBOOK = 16;
  private static final int ROUNDS = 20;

  @Param("10000")
  public int dim;

  private final Map<Hypervector, Hypervector> fillersByRole = new LinkedHashMap<>();
  private ItemMemory memory;
  private List<Hypervector> letters = List.of();
  private Hypervector query;
  private Resonator resonator;
  private Hypervector product;

  @Override
  void allocate() {
    List<Hypervector> stored = vectors(STORED);
    memory = new ItemMemory(dim);
    for (int i = 0; i < STORED; i++) {
      memory.add("item " + i, stored.get(i));
    }
    query = Hypervector.bundle(stored.subList(0, 3));
    letters = stored.subList(0, LETTERS);
    for (int i = 0; i < PAIRS; i++) {
      fillersByRole.put(stored.get(i), stored.get(PAIRS + i));
    }
    List<List<Hypervector>> codebooks =
        List.of(stored.subList(0, CODEBOOK), stored.subList(CODEBOOK, 2 * CODEBOOK));
    resonator = new Resonator(Binding.MODULAR, codebooks);
    product = Binding.MODULAR.bind(codebooks.get(0).get(1), codebooks.get(1).get(2));
  }

  private List<Hypervector> vectors(int count) {
    return LongStream.range(0, count).mapToObj(seed -> Hypervector.random(dim, seed)).toList();
  }

  /** The closest of a thousand. */
  @Benchmark
  public ItemMemory.Match nearest() {
    return memory.nearest(query);
  }

  /** The trigrams of a hundred letters. */
  @Benchmark
  public Hypervector ngrams() {
    return Sequences.ngrams(Binding.MODULAR, letters, 3);
  }

  /** Ten pairs. */
  @Benchmark
  public Hypervector recordOfPairs() {
    return Records.of(Binding.MODULAR, fillersByRole);
  }

  /** A product of two, with sixteen candidates each. */
  @Benchmark
  public Resonator.Factors factor() {
    return resonator.factor(product, ROUNDS);
  }
}
