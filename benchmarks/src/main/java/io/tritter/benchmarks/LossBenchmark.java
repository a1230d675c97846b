package io.tritter.benchmarks;

import java.lang.foreign.MemorySegment;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;

/** Softmax and cross-entropy of rows of logits. */
public class LossBenchmark extends KernelBenchmark {
  private static final int IGNORED = -100;

  /** Rows, classes. */
  @Param({"1024x256", "16x32000"})
  public String shape;

  private int rows;
  private int classes;
  private MemorySegment logits;
  private MemorySegment targets;
  private MemorySegment out;

  @Override
  void allocate() {
    int[] sizes = sizes(shape);
    rows = sizes[0];
    classes = sizes[1];
    logits = Memory.normal((long) rows * classes);
    targets = Memory.ids(rows, classes);
    out = Memory.words((long) rows * classes);
  }

  @Benchmark
  public void softmax() {
    kernels.softmax(logits, out, rows, classes);
  }

  @Benchmark
  public double crossEntropy() {
    return kernels.crossEntropy(logits, targets, MemorySegment.NULL, rows, classes, IGNORED);
  }

  @Benchmark
  public double crossEntropyWithGradient() {
    return kernels.crossEntropy(logits, targets, out, rows, classes, IGNORED);
  }
}
