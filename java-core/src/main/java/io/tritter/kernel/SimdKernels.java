package io.tritter.kernel;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;

/** Every operation on the Vector API, at whatever width the machine offers, on all threads. */
class SimdKernels implements Kernels, SimdDense, SimdEncoded, SimdSequence, SimdTernary {
  @Override
  public String name() {
    return "simd";
  }

  @Override
  public String description() {
    return "Vector API, "
        + FloatVector.SPECIES_PREFERRED.vectorBitSize()
        + " bits, "
        + Workers.threads()
        + " threads";
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
        CrossEntropy.Simd::sum, logits, targets, dlogits, rows, classes, ignoreIndex);
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
        CrossEntropy.Simd::sum,
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
    AdamW.Simd.run(parameter, gradient, firstMoment, secondMoment, n, step, gradientScale);
  }
}
