package io.tritter.kernel;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** {@link DenseKernels#addFlipped}; both forms round the same way. */
final class AddFlipped {
  private AddFlipped() {}

  static void run(MemorySegment x, long[] flips, MemorySegment y, int n) {
    check(x, flips, y, n);
    part(x, flips, y, 0, n);
  }

  private static void part(MemorySegment x, long[] flips, MemorySegment y, int from, int n) {
    for (int i = from; i < n; i++) {
      int bit = (int) (flips[i / Long.SIZE] >>> i); // shifts by i mod 64
      float v = Float.intBitsToFloat(Float.floatToRawIntBits(Native.get(x, i)) ^ bit << 31);
      Native.set(y, i, Native.get(y, i) + v);
    }
  }

  private static void check(MemorySegment x, long[] flips, MemorySegment y, int n) {
    Native.check("x", x, n);
    Native.check("y", y, n);
    if (flips.length < Math.ceilDiv(n, Long.SIZE)) {
      throw new IllegalArgumentException(
          "flips: expected at least %d words, got %d"
              .formatted(Math.ceilDiv(n, Long.SIZE), flips.length));
    }
  }

  /** On vectors: each lane shifts its bit to the place of the sign. */
  static final class Simd {
    private static final VectorSpecies<Float> F = FloatVector.SPECIES_PREFERRED;
    private static final VectorSpecies<Integer> I = IntVector.SPECIES_PREFERRED;
    private static final int SIGN = 1 << 31;
    private static final IntVector SHIFTS =
        IntVector.broadcast(I, 31).sub(IntVector.zero(I).addIndex(1));

    private Simd() {}

    static void run(MemorySegment x, long[] flips, MemorySegment y, int n) {
      check(x, flips, y, n);
      int bound = n / Long.SIZE * Long.SIZE;
      for (int from = 0; from < bound; from += Long.SIZE) {
        long word = flips[from / Long.SIZE];
        for (int i = 0; i < Long.SIZE; i += F.length()) {
          long at = (from + i) * 4L;
          IntVector signs =
              IntVector.broadcast(I, (int) (word >>> i))
                  .lanewise(VectorOperators.LSHL, SHIFTS)
                  .and(SIGN);
          IntVector v = IntVector.fromMemorySegment(I, x, at, Native.ORDER);
          FloatVector.fromMemorySegment(F, y, at, Native.ORDER)
              .add(v.lanewise(VectorOperators.XOR, signs).reinterpretAsFloats())
              .intoMemorySegment(y, at, Native.ORDER);
        }
      }
      part(x, flips, y, bound, n);
    }
  }
}
