package io.tritter.kernel;

import java.lang.foreign.MemorySegment;

/** Not written yet. */
final class Attention {
  private Attention() {}

  static void run(
      MemorySegment q,
      MemorySegment k,
      MemorySegment v,
      MemorySegment out,
      MemorySegment logSumExp,
      AttentionShape shape) {
    throw new UnsupportedOperationException("attention");
  }

  static void backward(
      MemorySegment q,
      MemorySegment k,
      MemorySegment v,
      MemorySegment out,
      MemorySegment logSumExp,
      MemorySegment dout,
      MemorySegment dq,
      MemorySegment dk,
      MemorySegment dv,
      AttentionShape shape) {
    throw new UnsupportedOperationException("attentionBackward");
  }

  /** On vectors. */
  static final class Simd {
    private Simd() {}

    static void run(
        MemorySegment q,
        MemorySegment k,
        MemorySegment v,
        MemorySegment out,
        MemorySegment logSumExp,
        AttentionShape shape) {
      throw new UnsupportedOperationException("attention");
    }

    static void backward(
        MemorySegment q,
        MemorySegment k,
        MemorySegment v,
        MemorySegment out,
        MemorySegment logSumExp,
        MemorySegment dout,
        MemorySegment dq,
        MemorySegment dk,
        MemorySegment dv,
        AttentionShape shape) {
      throw new UnsupportedOperationException("attentionBackward");
    }
  }
}
