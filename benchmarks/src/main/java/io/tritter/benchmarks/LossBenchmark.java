package io.tritter.benchmarks;

import java.lang.foreign.MemorySegment;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;

/** Softmax and cross-entropy of rows of logits, given or made a part at a time. */
public class LossBenchmark extends KernelBenchmark {
  private static final int IGNORED = -100;
  private static final int DIM = 64;

  /** Rows, classes. */
  @Param({"1024x256", "16x32000"})
  public String shape;

  private int rows;
  private int classes;
  private MemorySegment logits;
  private MemorySegment targets;
  private MemorySegment out;
  private MemorySegment hidden;
  private MemorySegment weight;
  private MemorySegment dhidden;
  private MemorySegment dweight;

  @Override
  void allocate() {
    int[] sizes = sizes(shape);
    rows = sizes[0];
    classes = sizes[1];
    logits = Memory.normal((long) rows * classes);
    targets = Memory.ids(rows, classes);
    out = Memory.words((long) rows * classes);
    hidden = Memory.normal((long) rows * DIM);
    weight = Memory.normal((long) classes * DIM);
    dhidden = Memory.words((long) rows * DIM);
    dweight = Memory.words((long) classes * DIM);
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

  @Benchmark
  public double linearCrossEntropy() {
    return kernels.linearCrossEntropy(
        hidden, weight, targets, dhidden, dweight, rows, DIM, classes, IGNORED);
  }
}
