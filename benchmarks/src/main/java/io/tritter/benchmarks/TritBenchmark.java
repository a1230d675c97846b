package io.tritter.benchmarks;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;

/** Vectors of trits on bit planes. */
public class TritBenchmark extends KernelBenchmark {
  /** A bundle of three. */
  private static final long[] WEIGHTS = {1, 1, 1};

  private static final int[] SHIFTS = {0, 0, 0};

  @Param({"10000", "1000000"})
  public int dim;

  private long[][] a = new long[0][];
  private long[][] b = new long[0][];
  private long[][] out = new long[0][];
  private long[][] plus = new long[0][];
  private long[][] minus = new long[0][];

  @Override
  void allocate() {
    a = Memory.planes(dim, 1);
    b = Memory.planes(dim, 2);
    out = Memory.planes(dim, 3);
    long[][] c = Memory.planes(dim, 4);
    plus = new long[][] {a[0], b[0], c[0]};
    minus = new long[][] {a[1], b[1], c[1]};
  }

  @Benchmark
  public long tritDot() {
    return kernels.tritDot(a[0], a[1], b[0], b[1]);
  }

  @Benchmark
  public void tritAdd() {
    kernels.tritAdd(a[0], a[1], b[0], b[1], out[0], out[1]);
  }

  @Benchmark
  public void tritMultiply() {
    kernels.tritMultiply(a[0], a[1], b[0], b[1], out[0], out[1]);
  }

  @Benchmark
  public long tritDifferences() {
    return kernels.tritDifferences(a[0], a[1], b[0], b[1]);
  }

  @Benchmark
  public void tritRotate() {
    kernels.tritRotate(a[0], dim / 3, dim, out[0]);
  }

  @Benchmark
  public void tritRandom() {
    kernels.tritRandom(1, out[0], out[1]);
  }

  @Benchmark
  public void tritVote() {
    kernels.tritVote(plus, minus, WEIGHTS, SHIFTS, out[0], out[1]);
  }
}
