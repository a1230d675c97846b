package io.tritter.kernel;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/** Halves of IEEE 754; {@link Float#float16ToFloat} is the definition. */
final class Float16 {
  private Float16() {}

  /**
   * Exponent and fraction move to their places in a float32, whose exponent is then 112 too small:
   * a multiplication sets that right, for subnormal halves too.
   */
  static final class Simd {
    private static final VectorSpecies<Float> F = FloatVector.SPECIES_PREFERRED;
    private static final VectorSpecies<Integer> I = IntVector.SPECIES_PREFERRED;

    /** As many shorts as a vector has floats. */
    private static final VectorSpecies<Short> S =
        VectorSpecies.of(short.class, VectorShape.forBitSize(F.vectorBitSize() / 2));

    private static final int L = F.length();
    private static final float REBIAS = 0x1p112f;
    private static final int MAGNITUDE = 0x7fff;
    private static final int INFINITE = 0x7c00;
    private static final int INFINITE_FLOAT = 0x7f800000;

    private Simd() {}

    /** Elements {@code from..from+n-1} as floats, from {@code out[at]} on. */
    static void widen(MemorySegment x, long from, int n, float[] out, int at) {
      int bound = F.loopBound(n);
      for (int i = 0; i < bound; i += L) {
        IntVector half =
            (IntVector)
                ShortVector.fromMemorySegment(S, x, (from + i) << 1, Native.ORDER)
                    .convertShape(VectorOperators.S2I, I, 0);
        IntVector magnitude = half.and(MAGNITUDE);
        VectorMask<Integer> infinite = magnitude.compare(VectorOperators.GE, INFINITE);
        IntVector moved = magnitude.lanewise(VectorOperators.LSHL, 13);
        moved
            .reinterpretAsFloats()
            .mul(REBIAS)
            .reinterpretAsInts()
            .blend(moved.or(INFINITE_FLOAT), infinite)
            .or(half.and(Integer.MIN_VALUE))
            .reinterpretAsFloats()
            .intoArray(out, at + i);
      }
      for (int i = bound; i < n; i++) {
        out[at + i] = Float.float16ToFloat(Native.getShort(x, from + i));
      }
    }
  }
}
