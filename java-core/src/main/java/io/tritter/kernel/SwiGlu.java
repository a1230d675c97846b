package io.tritter.kernel;

import java.lang.foreign.MemorySegment;

/** Not written yet. */
final class SwiGlu {
  private SwiGlu() {}

  static void run(MemorySegment gate, MemorySegment up, MemorySegment out, long n) {
    throw new UnsupportedOperationException("swiglu");
  }

  static void backward(
      MemorySegment gate,
      MemorySegment up,
      MemorySegment dout,
      MemorySegment dgate,
      MemorySegment dup,
      long n) {
    throw new UnsupportedOperationException("swigluBackward");
  }

  /** On vectors. */
  static final class Simd {
    private Simd() {}

    static void run(MemorySegment gate, MemorySegment up, MemorySegment out, long n) {
      throw new UnsupportedOperationException("swiglu");
    }

    static void backward(
        MemorySegment gate,
        MemorySegment up,
        MemorySegment dout,
        MemorySegment dgate,
        MemorySegment dup,
        long n) {
      throw new UnsupportedOperationException("swigluBackward");
    }
  }
}
