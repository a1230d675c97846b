package io.tritter.kernel;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** {@link Kernels#axpby}; both forms round the same way, so they agree bit for bit. */
final class Axpby {
  private Axpby() {}

  static void run(float alpha, MemorySegment x, float beta, MemorySegment y, long n) {
    check(x, y, n);
    part(alpha, x, beta, y, 0, n);
  }

  private static void part(
      float alpha, MemorySegment x, float beta, MemorySegment y, long from, long to) {
    for (long i = from; i < to; i++) {
      float ax = alpha * Native.get(x, i);
      Native.set(y, i, beta == 0 ? ax : ax + beta * Native.get(y, i));
    }
  }

  private static void check(MemorySegment x, MemorySegment y, long n) {
    Native.check("x", x, n);
    Native.check("y", y, n);
  }

  /** On vectors. */
  static final class Simd {
    private static final VectorSpecies<Float> F = FloatVector.SPECIES_PREFERRED;
    private static final int PIECE = 1 << 14;

    private Simd() {}

    static void run(float alpha, MemorySegment x, float beta, MemorySegment y, long n) {
      check(x, y, n);
      if (beta == 0) {
        Workers.pieces(n, PIECE, (from, to) -> scale(alpha, x, y, from, to));
      } else {
        Workers.pieces(n, PIECE, (from, to) -> add(alpha, x, beta, y, from, to));
      }
    }

    private static void scale(float alpha, MemorySegment x, MemorySegment y, long from, long to) {
      int bound = F.loopBound((int) (to - from));
      for (int i = 0; i < bound; i += F.length()) {
        long at = (from + i) << 2;
        FloatVector.fromMemorySegment(F, x, at, Native.ORDER)
            .mul(alpha)
            .intoMemorySegment(y, at, Native.ORDER);
      }
      part(alpha, x, 0, y, from + bound, to);
    }

    private static void add(
        float alpha, MemorySegment x, float beta, MemorySegment y, long from, long to) {
      int bound = F.loopBound((int) (to - from));
      for (int i = 0; i < bound; i += F.length()) {
        long at = (from + i) << 2;
        FloatVector old = FloatVector.fromMemorySegment(F, y, at, Native.ORDER);
        FloatVector.fromMemorySegment(F, x, at, Native.ORDER)
            .mul(alpha)
            .add(old.mul(beta))
            .intoMemorySegment(y, at, Native.ORDER);
      }
      part(alpha, x, beta, y, from + bound, to);
    }
  }
}
