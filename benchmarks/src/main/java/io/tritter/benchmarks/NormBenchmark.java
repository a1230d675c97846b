package io.tritter.benchmarks;

import java.lang.foreign.MemorySegment;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;

/** Norms of rows. */
public class NormBenchmark extends KernelBenchmark {
  private static final float EPS = 1e-5f;

  /** Rows, row length. */
  @Param({"2048x128", "128x2560"})
  public String shape;

  private int rows;
  private int dim;
  private MemorySegment x;
  private MemorySegment weight;
  private MemorySegment bias;
  private MemorySegment dout;
  private MemorySegment out;
  private MemorySegment dweight;
  private MemorySegment dbias;
  private MemorySegment quantized;
  private MemorySegment inverseScales;

  @Override
  void allocate() {
    int[] sizes = sizes(shape);
    rows = sizes[0];
    dim = sizes[1];
    x = Memory.normal((long) rows * dim);
    weight = Memory.normal(dim);
    bias = Memory.normal(dim);
    dout = Memory.normal((long) rows * dim);
    out = Memory.words((long) rows * dim);
    dweight = Memory.words(dim);
    dbias = Memory.words(dim);
    quantized = Memory.bytes((long) rows * dim);
    inverseScales = Memory.words(rows);
  }

  @Benchmark
  public void rmsNorm() {
    kernels.rmsNorm(x, weight, out, rows, dim, EPS);
  }

  @Benchmark
  public void rmsNormBackward() {
    kernels.rmsNormBackward(x, weight, dout, out, dweight, rows, dim, EPS);
  }

  @Benchmark
  public void rmsNormQuantize() {
    kernels.rmsNormQuantize(x, weight, quantized, inverseScales, rows, dim, EPS, 8);
  }

  @Benchmark
  public void layerNorm() {
    kernels.layerNorm(x, weight, bias, out, rows, dim, EPS);
  }

  @Benchmark
  public void layerNormBackward() {
    kernels.layerNormBackward(x, weight, dout, out, dweight, dbias, rows, dim, EPS);
  }
}
