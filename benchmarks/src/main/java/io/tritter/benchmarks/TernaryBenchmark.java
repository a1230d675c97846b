package io.tritter.benchmarks;

import java.lang.foreign.MemorySegment;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Warmup;

/** Products of 8-bit activations and packed trits. */
@Warmup(iterations = 8, time = 1) // compiled after 3 to 5
public class TernaryBenchmark extends KernelBenchmark {
  private static final int GROUP = 128;

  /** Batch, rows of weights, columns. */
  @Param({"1x1024x1024", "1x2560x2560", "32x1024x1024", "128x352x128"})
  public String shape;

  /** Share of the trits that are 0. */
  @Param("0.33")
  public double zeros;

  private int batch;
  private int rows;
  private int cols;
  private MemorySegment x;
  private MemorySegment packed;
  private MemorySegment layout;
  private MemorySegment scales;
  private MemorySegment xScales;
  private MemorySegment out;

  @Override
  void allocate() {
    int[] sizes = sizes(shape);
    batch = sizes[0];
    rows = sizes[1];
    cols = sizes[2];
    x = Memory.integers((long) batch * cols);
    packed = Memory.packedTrits(rows, cols, zeros);
    layout = Memory.bytes(kernels.ternaryLayoutBytes(rows, cols));
    kernels.ternaryLayout(packed, layout, rows, cols);
    scales = Memory.normal((long) rows * Math.ceilDiv(cols, GROUP));
    xScales = Memory.normal(batch);
    out = Memory.words((long) batch * rows);
  }

  @Benchmark
  public void ternaryMatmul() {
    kernels.ternaryMatmul(x, layout, out, batch, rows, cols);
  }

  @Benchmark
  public void ternaryMatmulGrouped() {
    kernels.ternaryMatmulGrouped(x, layout, scales, out, batch, rows, cols, GROUP);
  }

  @Benchmark
  public void ternaryMatmulScaled() {
    kernels.ternaryMatmulScaled(x, layout, xScales, 0.5f, out, batch, rows, cols);
  }

  @Benchmark
  public void ternaryLayout() {
    kernels.ternaryLayout(packed, layout, rows, cols);
  }
}
