package io.tritter.kernel;

import java.lang.foreign.MemorySegment;

/** Not written yet. */
final class ScaleRows {
  private ScaleRows() {}

  static void run(MemorySegment x, MemorySegment scales, float alpha, int rows, int cols) {
    throw new UnsupportedOperationException("scaleRows");
  }

  /** On vectors. */
  static final class Simd {
    private Simd() {}

    static void run(MemorySegment x, MemorySegment scales, float alpha, int rows, int cols) {
      throw new UnsupportedOperationException("scaleRows");
    }
  }
}
