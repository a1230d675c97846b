package io.tritter.kernel;

import java.lang.foreign.MemorySegment;

/** Not written yet. */
final class RmsNorm {
  private RmsNorm() {}

  static void run(
      MemorySegment x, MemorySegment weight, MemorySegment out, int rows, int dim, float eps) {
    throw new UnsupportedOperationException("rmsNorm");
  }

  static void backward(
      MemorySegment x,
      MemorySegment weight,
      MemorySegment dout,
      MemorySegment dx,
      MemorySegment dweight,
      int rows,
      int dim,
      float eps) {
    throw new UnsupportedOperationException("rmsNormBackward");
  }

  /** On vectors. */
  static final class Simd {
    private Simd() {}

    static void run(
        MemorySegment x, MemorySegment weight, MemorySegment out, int rows, int dim, float eps) {
      throw new UnsupportedOperationException("rmsNorm");
    }

    static void backward(
        MemorySegment x,
        MemorySegment weight,
        MemorySegment dout,
        MemorySegment dx,
        MemorySegment dweight,
        int rows,
        int dim,
        float eps) {
      throw new UnsupportedOperationException("rmsNormBackward");
    }
  }
}
