package io.tritter.kernel;

import java.lang.foreign.MemorySegment;

/** Not written yet. */
final class Absmax {
  private Absmax() {}

  static void run(
      MemorySegment x, MemorySegment q, MemorySegment inverseScales, int rows, int cols, int bits) {
    throw new UnsupportedOperationException("quantizeAbsmax");
  }

  static void fake(
      MemorySegment x, MemorySegment q, MemorySegment inverseScales, int rows, int cols, int bits) {
    throw new UnsupportedOperationException("fakeQuantizeAbsmax");
  }

  /** On vectors. */
  static final class Simd {
    private Simd() {}

    static void run(
        MemorySegment x,
        MemorySegment q,
        MemorySegment inverseScales,
        int rows,
        int cols,
        int bits) {
      throw new UnsupportedOperationException("quantizeAbsmax");
    }

    static void fake(
        MemorySegment x,
        MemorySegment q,
        MemorySegment inverseScales,
        int rows,
        int cols,
        int bits) {
      throw new UnsupportedOperationException("fakeQuantizeAbsmax");
    }
  }
}
