package io.tritter.benchmarks;

import java.lang.foreign.MemorySegment;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;

/** Rotary position embedding in both layouts of the pairs, alone and after the norm of heads. */
public class RopeBenchmark extends KernelBenchmark {
  private static final float THETA = 10_000f;
  private static final float EPS = 1e-5f;

  /** Sequences, positions, heads, head dim. */
  @Param({"8x128x4x32", "1x512x8x64"})
  public String shape;

  @Param({"false", "true"})
  public boolean interleaved;

  private int[] sizes = new int[0];
  private MemorySegment x;
  private MemorySegment weight;
  private MemorySegment dout;
  private MemorySegment out;
  private MemorySegment dweight;

  @Override
  void allocate() {
    sizes = sizes(shape);
    long n = (long) sizes[0] * sizes[1] * sizes[2] * sizes[3];
    x = Memory.normal(n);
    weight = Memory.normal(sizes[3]);
    dout = Memory.normal(n);
    out = Memory.words(n);
    dweight = Memory.words(sizes[3]);
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

  @Benchmark
  public void rmsNormRope() {
    kernels.rmsNormRope(
        x, weight, out, sizes[0], sizes[1], sizes[2], sizes[3], 0, THETA, interleaved, EPS);
  }

  @Benchmark
  public void rmsNormRopeBackward() {
    kernels.rmsNormRopeBackward(
        x,
        weight,
        dout,
        out,
        dweight,
        sizes[0],
        sizes[1],
        sizes[2],
        sizes[3],
        0,
        THETA,
        interleaved,
        EPS);
  }
}
