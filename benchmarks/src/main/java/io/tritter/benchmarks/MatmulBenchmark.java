package io.tritter.benchmarks;

import io.tritter.kernel.Encoded;
import java.lang.foreign.MemorySegment;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;

/** Float32 products; the last shapes are layers of the demo. */
public class MatmulBenchmark extends KernelBenchmark {
  /** Rows, columns, inner. */
  @Param({"64x64x64", "256x256x256", "512x352x128", "512x128x352"})
  public String shape;

  private int rows;
  private int cols;
  private int inner;
  private MemorySegment a;
  private MemorySegment b;
  private MemorySegment narrow;
  private MemorySegment c;

  /** Square or not, the same memory serves all four transpositions. */
  @Override
  void allocate() {
    int[] sizes = sizes(shape);
    rows = sizes[0];
    cols = sizes[1];
    inner = sizes[2];
    a = Memory.normal((long) rows * inner);
    b = Memory.normal((long) inner * cols);
    narrow = Memory.bytes(2L * inner * cols);
    kernels.toBfloat16(b, narrow, (long) inner * cols);
    c = Memory.words((long) rows * cols);
  }

  @Benchmark
  public void matmul() {
    kernels.matmul(a, false, b, false, c, rows, cols, inner, false);
  }

  @Benchmark
  public void matmulTransposedB() {
    kernels.matmul(a, false, b, true, c, rows, cols, inner, false);
  }

  @Benchmark
  public void matmulTransposedA() {
    kernels.matmul(a, true, b, false, c, rows, cols, inner, false);
  }

  @Benchmark
  public void matmulBothTransposed() {
    kernels.matmul(a, true, b, true, c, rows, cols, inner, false);
  }

  @Benchmark
  public void matmulBfloat16() {
    kernels.matmulEncoded(
        a, false, new Encoded.OfBfloat16(narrow), false, c, rows, cols, inner, false);
  }

  @Benchmark
  public void matmulBfloat16TransposedB() {
    kernels.matmulEncoded(
        a, false, new Encoded.OfBfloat16(narrow), true, c, rows, cols, inner, false);
  }

  @Benchmark
  public void toBfloat16() {
    kernels.toBfloat16(b, narrow, (long) inner * cols);
  }

  @Benchmark
  public void fromBfloat16() {
    kernels.fromBfloat16(narrow, b, (long) inner * cols);
  }
}
