package io.tritter.kernel;

import java.lang.foreign.MemorySegment;

/** {@link EncodedKernels#decode}. */
final class Decode {
  private Decode() {}

  static void run(Encoded x, long from, MemorySegment out, long n) {
    check(x, from, out, n);
    for (long i = 0; i < n; i++) {
      Native.set(out, i, x.get(from + i));
    }
  }

  private static void check(Encoded x, long from, MemorySegment out, long n) {
    if (from < 0) {
      throw new IllegalArgumentException("from: expected at least 0, got " + from);
    }
    x.check("x", from + n);
    Native.check("out", out, n);
  }

  /** Through arrays, as the products decode, and on all threads. */
  static final class Simd {
    private static final int PIECE = 1 << 15;

    /** Elements at a time, 4 KiB. */
    private static final int BLOCK = 1024;

    private static final Workspace DECODED = new Workspace();

    private Simd() {}

    static void run(Encoded x, long from, MemorySegment out, long n) {
      check(x, from, out, n);
      Workers.pieces(
          n,
          PIECE,
          (first, last) -> {
            float[] block = DECODED.floats(BLOCK);
            for (long i = first; i < last; i += BLOCK) {
              int count = (int) Math.min(BLOCK, last - i);
              copy(x, from + i, count, block, 0);
              MemorySegment.copy(block, 0, out, Native.FLOAT, i << 2, count);
            }
          });
    }

    /** Elements {@code from..from+n-1}, from {@code out[at]} on. */
    static void copy(Encoded x, long from, int n, float[] out, int at) {
      switch (x) {
        case Encoded.OfBfloat16 b -> Bfloat16.Simd.widen(b.data(), from, n, out, at);
        case Encoded.OfFloat16 h -> Float16.Simd.widen(h.data(), from, n, out, at);
        case Encoded.OfFourBit f -> FourBit.Simd.decode(f, from, n, out, at);
        case Encoded.OfInt8 q -> Int8.Simd.decode(q, from, n, out, at);
      }
    }
  }
}
