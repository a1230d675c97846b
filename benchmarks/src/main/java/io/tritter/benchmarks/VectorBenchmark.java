package io.tritter.benchmarks;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;

/** Sums, scaling and dot products of float32 vectors, and sums of rows. */
public class VectorBenchmark extends KernelBenchmark {
  private static final int COLS = 128;

  @Param({"4096", "262144"})
  public int n;

  private MemorySegment x;
  private MemorySegment y;
  private MemorySegment scales;
  private MemorySegment ids;
  private long[] flips;

  @Override
  void allocate() {
    x = Memory.normal(n);
    y = Memory.normal(n);
    ids = Memory.ids(n / COLS, n / COLS);
    flips = new long[n / Long.SIZE];
    Arrays.setAll(flips, i -> i * 0x9E3779B97F4A7C15L);
    scales = Memory.words(n / COLS);
    scales.fill((byte) 0x3f); // 0.747: nothing grows
  }

  @Benchmark
  public void axpby() {
    kernels.axpby(0.5f, x, 0.5f, y, n);
  }

  /** With the sum of every second step taken back, so that nothing grows. */
  @Benchmark
  public void addFlipped() {
    kernels.addFlipped(x, flips, y, n);
    for (int i = 0; i < flips.length; i++) {
      flips[i] = ~flips[i];
    }
  }

  @Benchmark
  public void scaleRows() {
    kernels.scaleRows(y, scales, 1f / 0.74706745f, n / COLS, COLS);
  }

  @Benchmark
  public double dot() {
    return kernels.dot(x, y, n);
  }

  /** The rows of x to rows of y, in an arbitrary order. */
  @Benchmark
  public void addRows() {
    kernels.addRows(x, ids, y, n / COLS, n / COLS, COLS);
  }
}
