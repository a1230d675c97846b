package io.tritter.benchmarks;

import java.lang.foreign.MemorySegment;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;

/** Activations to 8 bits, weights to trits. */
public class QuantizeBenchmark extends KernelBenchmark {
  private static final int BITS = 8;

  /** Rows, columns. */
  @Param({"1024x128", "64x2560"})
  public String shape;

  private int rows;
  private int cols;
  private MemorySegment x;
  private MemorySegment out;
  private MemorySegment inverseScales;
  private MemorySegment scale;

  @Override
  void allocate() {
    int[] sizes = sizes(shape);
    rows = sizes[0];
    cols = sizes[1];
    x = Memory.normal((long) rows * cols);
    out = Memory.words((long) rows * cols);
    inverseScales = Memory.words(rows);
    scale = Memory.words(1);
    kernels.absmean(x, scale, 1, rows * cols, rows * cols);
  }

  @Benchmark
  public void quantizeAbsmax() {
    kernels.quantizeAbsmax(x, out, inverseScales, rows, cols, BITS);
  }

  @Benchmark
  public void fakeQuantizeAbsmax() {
    kernels.fakeQuantizeAbsmax(x, out, inverseScales, rows, cols, BITS);
  }

  @Benchmark
  public void absmean() {
    kernels.absmean(x, scale, 1, rows * cols, rows * cols);
  }

  @Benchmark
  public void ternarize() {
    kernels.ternarize(x, scale, out, 1, rows * cols, rows * cols);
  }
}
