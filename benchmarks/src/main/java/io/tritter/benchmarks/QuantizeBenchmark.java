package io.tritter.benchmarks;

import java.lang.foreign.MemorySegment;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;

/** Activations to 8 bits and back, weights to trits with one scale or with one a group. */
public class QuantizeBenchmark extends KernelBenchmark {
  private static final int BITS = 8;
  private static final int GROUP = 128;

  /** Rows, columns. */
  @Param({"1024x128", "64x2560"})
  public String shape;

  private int rows;
  private int cols;
  private MemorySegment x;
  private MemorySegment q;
  private MemorySegment out;
  private MemorySegment inverseScales;
  private MemorySegment scale;
  private MemorySegment groupScales;
  private MemorySegment trits;
  private MemorySegment packed;
  private long[] plus;
  private long[] minus;

  @Override
  void allocate() {
    int[] sizes = sizes(shape);
    rows = sizes[0];
    cols = sizes[1];
    x = Memory.normal((long) rows * cols);
    q = Memory.integers((long) rows * cols);
    out = Memory.words((long) rows * cols);
    inverseScales = Memory.words(rows);
    scale = Memory.words(1);
    kernels.absmean(x, scale, 1, rows * cols, rows * cols);
    groupScales = Memory.words((long) rows * Math.ceilDiv(cols, GROUP));
    kernels.absmean(x, groupScales, rows, cols, GROUP);
    trits = Memory.words((long) rows * cols);
    kernels.ternarize(x, scale, trits, 1, rows * cols, rows * cols);
    plus = new long[Math.ceilDiv(rows * cols, Long.SIZE)];
    minus = new long[plus.length];
    packed = Memory.bytes((long) rows * ((cols + 3) / 4));
  }

  @Benchmark
  public void quantizeAbsmax() {
    kernels.quantizeAbsmax(x, q, inverseScales, rows, cols, BITS);
  }

  @Benchmark
  public void dequantizeRows() {
    kernels.dequantizeRows(q, inverseScales, out, rows, cols);
  }

  @Benchmark
  public void absmean() {
    kernels.absmean(x, scale, 1, rows * cols, rows * cols);
  }

  @Benchmark
  public void ternarize() {
    kernels.ternarize(x, scale, trits, 1, rows * cols, rows * cols);
  }

  @Benchmark
  public void absmeanOfGroups() {
    kernels.absmean(x, groupScales, rows, cols, GROUP);
  }

  @Benchmark
  public void ternarizeGroups() {
    kernels.ternarize(x, groupScales, trits, rows, cols, GROUP);
  }

  /** About a tenth of the elements. */
  @Benchmark
  public void thresholdTrits() {
    kernels.thresholdTrits(x, rows * cols, 1.645f, plus, minus);
  }

  @Benchmark
  public void packTrits() {
    kernels.packTrits(trits, packed, rows, cols);
  }
}
