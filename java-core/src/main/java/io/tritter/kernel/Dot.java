package io.tritter.kernel;

import java.lang.foreign.MemorySegment;

/** Not written yet. */
final class Dot {
  private Dot() {}

  static double run(MemorySegment x, MemorySegment y, long n) {
    throw new UnsupportedOperationException("dot");
  }

  /** On vectors. */
  static final class Simd {
    private Simd() {}

    static double run(MemorySegment x, MemorySegment y, long n) {
      throw new UnsupportedOperationException("dot");
    }
  }
}
