package io.tritter.benchmarks;

import io.tritter.vsa.Binding;
import io.tritter.vsa.Hypervector;
import java.util.List;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;

/** Hypervectors, which allocate what they return; {@link TritBenchmark} has the kernels alone. */
public class HypervectorBenchmark extends KernelBenchmark {
  private static final float[] WEIGHTS = {0.5f, -0.25f, 1.5f};

  @Param({"10000", "1000000"})
  public int dim;

  private Hypervector a;
  private Hypervector b;
  private List<Hypervector> three = List.of();

  @Override
  void allocate() {
    a = Hypervector.random(dim, 1);
    b = Hypervector.random(dim, 2);
    three = List.of(a, b, Hypervector.random(dim, 3));
  }

  @Benchmark
  public Hypervector random() {
    return Hypervector.random(dim, 4);
  }

  @Benchmark
  public Hypervector bindModular() {
    return Binding.MODULAR.bind(a, b);
  }

  @Benchmark
  public Hypervector unbindModular() {
    return Binding.MODULAR.unbind(a, b);
  }

  @Benchmark
  public Hypervector bindProduct() {
    return Binding.PRODUCT.bind(a, b);
  }

  @Benchmark
  public Hypervector permute() {
    return a.permute(dim / 3);
  }

  @Benchmark
  public Hypervector bundle() {
    return Hypervector.bundle(three);
  }

  @Benchmark
  public Hypervector bundleWeighted() {
    return Hypervector.bundle(three, WEIGHTS);
  }

  @Benchmark
  public double cosine() {
    return a.cosine(b);
  }

  @Benchmark
  public double hamming() {
    return a.hamming(b);
  }
}
