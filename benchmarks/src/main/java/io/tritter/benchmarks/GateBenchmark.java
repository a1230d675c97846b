package io.tritter.benchmarks;

import io.tritter.kernel.Activation;
import java.lang.foreign.MemorySegment;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;

/** Activations with a bias, and as gates. */
public class GateBenchmark extends KernelBenchmark {
  private static final int DIM = 512;

  @Param({"4096", "262144"})
  public int n;

  @Param({"SILU", "GELU", "GELU_TANH", "RELU2"})
  public Activation activation;

  private MemorySegment gate;
  private MemorySegment up;
  private MemorySegment dout;
  private MemorySegment out;
  private MemorySegment dup;
  private MemorySegment bias;
  private MemorySegment dbias;

  @Override
  void allocate() {
    gate = Memory.normal(n);
    up = Memory.normal(n);
    dout = Memory.normal(n);
    out = Memory.words(n);
    dup = Memory.words(n);
    bias = Memory.normal(DIM);
    dbias = Memory.words(DIM);
  }

  @Benchmark
  public void gated() {
    kernels.gated(activation, gate, up, out, n);
  }

  @Benchmark
  public void gatedBackward() {
    kernels.gatedBackward(activation, gate, up, dout, out, dup, n);
  }

  @Benchmark
  public void activate() {
    kernels.activate(activation, gate, bias, out, n / DIM, DIM);
  }

  @Benchmark
  public void activateBackward() {
    kernels.activateBackward(activation, gate, bias, dout, out, dbias, n / DIM, DIM);
  }
}
