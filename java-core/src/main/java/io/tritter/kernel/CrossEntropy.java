package io.tritter.kernel;

import java.lang.foreign.MemorySegment;

/** Not written yet. */
final class CrossEntropy {
  private CrossEntropy() {}

  static double run(
      MemorySegment logits,
      MemorySegment targets,
      MemorySegment dlogits,
      int rows,
      int classes,
      int ignoreIndex) {
    throw new UnsupportedOperationException("crossEntropy");
  }

  /** On vectors. */
  static final class Simd {
    private Simd() {}

    static double run(
        MemorySegment logits,
        MemorySegment targets,
        MemorySegment dlogits,
        int rows,
        int classes,
        int ignoreIndex) {
      throw new UnsupportedOperationException("crossEntropy");
    }
  }
}
