package io.tritter.kernel;

import java.lang.foreign.MemorySegment;

/** Not written yet. */
final class Rope {
  private Rope() {}

  static void run(
      MemorySegment x,
      MemorySegment out,
      int outer,
      int seqLen,
      int heads,
      int headDim,
      int firstPosition,
      float theta,
      boolean interleaved,
      boolean inverse) {
    throw new UnsupportedOperationException("rope");
  }

  /** On vectors. */
  static final class Simd {
    private Simd() {}

    static void run(
        MemorySegment x,
        MemorySegment out,
        int outer,
        int seqLen,
        int heads,
        int headDim,
        int firstPosition,
        float theta,
        boolean interleaved,
        boolean inverse) {
      throw new UnsupportedOperationException("rope");
    }
  }
}
