package io.tritter.benchmarks;

import java.lang.foreign.MemorySegment;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;

/** Rotary position embedding in both layouts of the pairs. */
public class RopeBenchmark extends KernelBenchmark {
  private static final float THETA = 10_000f;

  /** Sequences, positions, heads, head dim. */
  @Param({"8x128x4x32", "1x512x8x64"})
  public String shape;

  @Param({"false", "true"})
  public boolean interleaved;

  private int[] sizes = new int[0];
  private MemorySegment x;
  private MemorySegment out;

  @Override
  void allocate() {
    sizes = sizes(shape);
    long n = (long) sizes[0] * sizes[1] * sizes[2] * sizes[3];
    x = Memory.normal(n);
    out = Memory.words(n);
  }

  @Benchmark
  public void rope() {
    kernels.rope(
        x,
        out,
        sizes[0],
        sizes[1],
        sizes[2],
        sizes[3],
        0,
        THETA,
        interleaved,
        /* inverse= */ false);
  }
}
