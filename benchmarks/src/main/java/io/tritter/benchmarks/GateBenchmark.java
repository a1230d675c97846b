package io.tritter.benchmarks;

import java.lang.foreign.MemorySegment;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;

/** Gated units. */
public class GateBenchmark extends KernelBenchmark {
  @Param({"4096", "262144"})
  public int n;

  private MemorySegment gate;
  private MemorySegment up;
  private MemorySegment dout;
  private MemorySegment out;
  private MemorySegment dup;

  @Override
  void allocate() {
    gate = Memory.normal(n);
    up = Memory.normal(n);
    dout = Memory.normal(n);
    out = Memory.words(n);
    dup = Memory.words(n);
  }

  @Benchmark
  public void swiglu() {
    kernels.swiglu(gate, up, out, n);
  }

  @Benchmark
  public void swigluBackward() {
    kernels.swigluBackward(gate, up, dout, out, dup, n);
  }

  @Benchmark
  public void squaredReluGlu() {
    kernels.squaredReluGlu(gate, up, out, n);
  }

  @Benchmark
  public void squaredReluGluBackward() {
    kernels.squaredReluGluBackward(gate, up, dout, out, dup, n);
  }
}
