package io.tritter.benchmarks;

import io.tritter.kernel.TernaryLevel;
import io.tritter.kernel.TernaryWeights;
import java.lang.foreign.MemorySegment;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Warmup;

/** Products of 8-bit activations and trits at each level, with few zeros and with many. */
@Warmup(iterations = 8, time = 1) // compiled after 3 to 5
public class TernaryLevelBenchmark extends KernelBenchmark {
  private static final int GROUP = 128;

  /** Batch, rows of weights, columns. */
  @Param({"1x1024x1024", "32x1024x1024"})
  public String shape;

  /** All of them. */
  @Param public TernaryLevel level;

  /** Share of the trits that are 0. */
  @Param({"0.3", "0.95"})
  public double zeros;

  private int batch;
  private int rows;
  private int cols;
  private MemorySegment x;
  private MemorySegment packed;
  private TernaryWeights weights;
  private MemorySegment scales;
  private MemorySegment out;

  @Override
  void allocate() {
    int[] sizes = sizes(shape);
    batch = sizes[0];
    rows = sizes[1];
    cols = sizes[2];
    x = Memory.integers((long) batch * cols);
    packed = Memory.packedTrits(rows, cols, zeros);
    weights = ternaryWeights();
    scales = Memory.normal((long) rows * Math.ceilDiv(cols, GROUP));
    out = Memory.words((long) batch * rows);
  }

  /** What a level needs before its first product. */
  @Benchmark
  public TernaryWeights ternaryWeights() {
    return kernels.ternaryWeights(
        packed, rows, cols, level, (bytes, alignment) -> Memory.bytes(bytes));
  }

  @Benchmark
  public void multiply() {
    weights.multiply(x, out, batch);
  }

  @Benchmark
  public void multiplyGrouped() {
    weights.multiplyGrouped(x, scales, out, batch, GROUP);
  }
}
