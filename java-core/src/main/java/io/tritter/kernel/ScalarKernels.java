package io.tritter.kernel;

import java.lang.foreign.MemorySegment;

/**
 * The definition of every operation: plain loops on one thread. The other backends are tested
 * against it.
 */
final class ScalarKernels
    implements Kernels, ScalarDense, ScalarEncoded, ScalarSequence, ScalarTernary {
  static final String NAME = "scalar";

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public String description() {
    return "plain Java, one thread; ternary products by popcounts on " + Workers.threads();
  }

  @Override
  public double crossEntropy(
      MemorySegment logits,
      MemorySegment targets,
      MemorySegment dlogits,
      int rows,
      int classes,
      int ignoreIndex) {
    return CrossEntropy.run(
        CrossEntropy::sum, logits, targets, dlogits, rows, classes, ignoreIndex);
  }

  @Override
  public double linearCrossEntropy(
      MemorySegment hidden,
      MemorySegment weight,
      MemorySegment targets,
      MemorySegment dhidden,
      MemorySegment dweight,
      int rows,
      int dim,
      int classes,
      int ignoreIndex) {
    return LinearCrossEntropy.run(
        this,
        CrossEntropy::sum,
        hidden,
        weight,
        targets,
        dhidden,
        dweight,
        rows,
        dim,
        classes,
        ignoreIndex);
  }

  @Override
  public void adamW(
      MemorySegment parameter,
      MemorySegment gradient,
      MemorySegment firstMoment,
      MemorySegment secondMoment,
      long n,
      AdamWStep step,
      float gradientScale) {
    AdamW.run(parameter, gradient, firstMoment, secondMoment, n, step, gradientScale);
  }
}
