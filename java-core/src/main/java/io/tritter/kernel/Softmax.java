package io.tritter.kernel;

import java.lang.foreign.MemorySegment;

/** Not written yet. */
final class Softmax {
  private Softmax() {}

  static void run(MemorySegment x, MemorySegment out, int rows, int dim) {
    throw new UnsupportedOperationException("softmax");
  }

  /** On vectors. */
  static final class Simd {
    private Simd() {}

    static void run(MemorySegment x, MemorySegment out, int rows, int dim) {
      throw new UnsupportedOperationException("softmax");
    }
  }
}
