package io.tritter.kernel;

import java.lang.foreign.MemorySegment;

/** Not written yet. */
final class AdamW {
  private AdamW() {}

  static void run(
      MemorySegment parameter,
      MemorySegment gradient,
      MemorySegment firstMoment,
      MemorySegment secondMoment,
      long n,
      AdamWStep step,
      float gradientScale) {
    throw new UnsupportedOperationException("adamW");
  }

  /** On vectors. */
  static final class Simd {
    private Simd() {}

    static void run(
        MemorySegment parameter,
        MemorySegment gradient,
        MemorySegment firstMoment,
        MemorySegment secondMoment,
        long n,
        AdamWStep step,
        float gradientScale) {
      throw new UnsupportedOperationException("adamW");
    }
  }
}
