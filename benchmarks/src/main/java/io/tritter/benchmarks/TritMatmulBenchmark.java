package io.tritter.benchmarks;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;

/** Products of two matrices of trits; the first shape is a vector beside a memory of a thousand. */
public class TritMatmulBenchmark extends KernelBenchmark {
  /** Rows, columns, inner. */
  @Param({"1x1000x10000", "256x256x4096"})
  public String shape;

  private int rows;
  private int cols;
  private int words;
  private long[][] a = new long[0][];
  private long[][] b = new long[0][];
  private int[] out = new int[0];

  @Override
  void allocate() {
    int[] sizes = sizes(shape);
    rows = sizes[0];
    cols = sizes[1];
    words = Math.ceilDiv(sizes[2], Long.SIZE);
    a = Memory.planes(rows, sizes[2], 1);
    b = Memory.planes(cols, sizes[2], 2);
    out = new int[rows * cols];
  }

  @Benchmark
  public void tritMatmul() {
    kernels.tritMatmul(a[0], a[1], b[0], b[1], out, rows, cols, words);
  }
}
