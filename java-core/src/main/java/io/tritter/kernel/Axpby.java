package io.tritter.kernel;

import java.lang.foreign.MemorySegment;

/** Not written yet. */
final class Axpby {
  private Axpby() {}

  static void run(float alpha, MemorySegment x, float beta, MemorySegment y, long n) {
    throw new UnsupportedOperationException("axpby");
  }

  /** On vectors. */
  static final class Simd {
    private Simd() {}

    static void run(float alpha, MemorySegment x, float beta, MemorySegment y, long n) {
      throw new UnsupportedOperationException("axpby");
    }
  }
}
