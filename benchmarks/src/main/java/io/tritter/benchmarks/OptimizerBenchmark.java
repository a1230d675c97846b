package io.tritter.benchmarks;

import io.tritter.kernel.AdamWStep;
import java.lang.foreign.MemorySegment;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;

/** One update of AdamW and of its relatives; the larger size is about that of the demo's model. */
public class OptimizerBenchmark extends KernelBenchmark {
  private static final AdamWStep STEP = new AdamWStep(1e-3f, 0.9f, 0.95f, 1e-8f, 0.1f, 10);
  private static final AdamWStep NESTEROV = STEP.withDirection(0.9, 0.2);
  private static final AdamWStep CAUTIOUS = STEP.masked();

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

  @Benchmark
  public void adamWNesterov() {
    kernels.adamW(parameter, gradient, firstMoment, secondMoment, n, NESTEROV, 0.5f);
  }

  @Benchmark
  public void adamWCautious() {
    kernels.adamW(parameter, gradient, firstMoment, secondMoment, n, CAUTIOUS, 0.5f);
  }
}
