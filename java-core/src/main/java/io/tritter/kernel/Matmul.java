package io.tritter.kernel;

import java.lang.foreign.MemorySegment;

/** Not written yet. */
final class Matmul {
  private Matmul() {}

  static void run(
      MemorySegment a,
      boolean transposeA,
      MemorySegment b,
      boolean transposeB,
      MemorySegment c,
      int rows,
      int cols,
      int inner,
      boolean accumulate) {
    throw new UnsupportedOperationException("matmul");
  }

  /** On vectors. */
  static final class Simd {
    private Simd() {}

    static void run(
        MemorySegment a,
        boolean transposeA,
        MemorySegment b,
        boolean transposeB,
        MemorySegment c,
        int rows,
        int cols,
        int inner,
        boolean accumulate) {
      throw new UnsupportedOperationException("matmul");
    }
  }
}
