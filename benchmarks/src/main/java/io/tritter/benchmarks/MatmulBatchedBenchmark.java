package io.tritter.benchmarks;

import java.lang.foreign.MemorySegment;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;

/** Products of a batch of matrices, such as the scores of each head. */
public class MatmulBatchedBenchmark extends KernelBenchmark {
  /** Batch, rows, columns, inner. */
  @Param({"64x128x128x32", "8x256x256x64"})
  public String shape;

  private int batch;
  private int rows;
  private int cols;
  private int inner;
  private MemorySegment a;
  private MemorySegment b;
  private MemorySegment c;

  @Override
  void allocate() {
    int[] sizes = sizes(shape);
    batch = sizes[0];
    rows = sizes[1];
    cols = sizes[2];
    inner = sizes[3];
    a = Memory.normal((long) batch * rows * inner);
    b = Memory.normal((long) batch * inner * cols);
    c = Memory.words((long) batch * rows * cols);
  }

  private void multiply(boolean transposeB, long strideB) {
    long strideA = (long) rows * inner;
    long strideC = (long) rows * cols;
    kernels.matmulBatched(
        a, false, strideA, b, transposeB, strideB, c, strideC, batch, rows, cols, inner, false);
  }

  @Benchmark
  public void matmulBatched() {
    multiply(false, (long) inner * cols);
  }

  @Benchmark
  public void matmulBatchedTransposedB() {
    multiply(true, (long) inner * cols);
  }

  /** All with the same second factor. */
  @Benchmark
  public void matmulBatchedSharedB() {
    multiply(false, 0);
  }
}
