package io.tritter.kernel;

import java.lang.foreign.MemorySegment;

/** Not written yet. */
final class TernaryMatmul {
  private TernaryMatmul() {}

  static long layoutBytes(int rows, int cols) {
    throw new UnsupportedOperationException("ternaryLayoutBytes");
  }

  static void layout(MemorySegment packed, MemorySegment layout, int rows, int cols) {
    throw new UnsupportedOperationException("ternaryLayout");
  }

  static void run(
      MemorySegment x, MemorySegment layout, MemorySegment out, int batch, int rows, int cols) {
    throw new UnsupportedOperationException("ternaryMatmul");
  }

  static void grouped(
      MemorySegment x,
      MemorySegment layout,
      MemorySegment scales,
      MemorySegment out,
      int batch,
      int rows,
      int cols,
      int groupSize) {
    throw new UnsupportedOperationException("ternaryMatmulGrouped");
  }

  /** On vectors. */
  static final class Simd {
    private Simd() {}

    static long layoutBytes(int rows, int cols) {
      throw new UnsupportedOperationException("ternaryLayoutBytes");
    }

    static void layout(MemorySegment packed, MemorySegment layout, int rows, int cols) {
      throw new UnsupportedOperationException("ternaryLayout");
    }

    static void run(
        MemorySegment x, MemorySegment layout, MemorySegment out, int batch, int rows, int cols) {
      throw new UnsupportedOperationException("ternaryMatmul");
    }

    static void grouped(
        MemorySegment x,
        MemorySegment layout,
        MemorySegment scales,
        MemorySegment out,
        int batch,
        int rows,
        int cols,
        int groupSize) {
      throw new UnsupportedOperationException("ternaryMatmulGrouped");
    }
  }
}
