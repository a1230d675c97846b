package io.tritter.kernel;

import java.lang.foreign.MemorySegment;

/** Not written yet. */
final class Absmean {
  private Absmean() {}

  static void run(MemorySegment w, MemorySegment scales, int rows, int cols, int groupSize) {
    throw new UnsupportedOperationException("absmean");
  }

  static void ternarize(
      MemorySegment w,
      MemorySegment scales,
      MemorySegment trits,
      int rows,
      int cols,
      int groupSize) {
    throw new UnsupportedOperationException("ternarize");
  }

  /** On vectors. */
  static final class Simd {
    private Simd() {}

    static void run(MemorySegment w, MemorySegment scales, int rows, int cols, int groupSize) {
      throw new UnsupportedOperationException("absmean");
    }

    static void ternarize(
        MemorySegment w,
        MemorySegment scales,
        MemorySegment trits,
        int rows,
        int cols,
        int groupSize) {
      throw new UnsupportedOperationException("ternarize");
    }
  }
}
