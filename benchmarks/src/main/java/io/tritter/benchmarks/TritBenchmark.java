package io.tritter.benchmarks;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;

/** Vectors of trits on bit planes. */
public class TritBenchmark extends KernelBenchmark {
  @Param({"10000", "1000000"})
  public int dim;

  private long[][] a = new long[0][];
  private long[][] b = new long[0][];
  private long[][] out = new long[0][];

  @Override
  void allocate() {
    a = Memory.planes(dim, 1);
    b = Memory.planes(dim, 2);
    out = Memory.planes(dim, 3);
  }

  @Benchmark
  public long tritDot() {
    return kernels.tritDot(a[0], a[1], b[0], b[1]);
  }

  @Benchmark
  public void tritAdd() {
    kernels.tritAdd(a[0], a[1], b[0], b[1], out[0], out[1]);
  }
}
