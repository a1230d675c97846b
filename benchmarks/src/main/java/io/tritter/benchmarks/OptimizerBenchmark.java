package io.tritter.benchmarks;

import io.tritter.kernel.AdamWStep;
import java.lang.foreign.MemorySegment;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;

/** One AdamW update; the larger size is about that of the demo's model. */
public class OptimizerBenchmark extends KernelBenchmark {
  private static final AdamWStep STEP = new AdamWStep(1e-3f, 0.9f, 0.95f, 1e-8f, 0.1f, 10);

  @Param({"16384", "838656"})
  public int n;

  private MemorySegment parameter;
  private MemorySegment gradient;
  private MemorySegment firstMoment;
  private MemorySegment secondMoment;

  @Override
  void allocate() {
    parameter = Memory.normal(n);
    gradient = Memory.normal(n);
    firstMoment = Memory.words(n);
    secondMoment = Memory.words(n);
  }

  @Benchmark
  public void adamW() {
    kernels.adamW(parameter, gradient, firstMoment, secondMoment, n, STEP, 0.5f);
  }
}
