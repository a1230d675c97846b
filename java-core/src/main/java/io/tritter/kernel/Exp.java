package io.tritter.kernel;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * The exponential function of numbers up to 0, all that a softmax and a sigmoid need.
 *
 * <p>Nested only, because the scalar form is {@link Math#exp}.
 */
final class Exp {
  private Exp() {}

  /** On vectors: relative error below 2.5e-7, exact at 0, NaN stays NaN, 0 below 2^-126. */
  static final class Simd {
    private static final VectorSpecies<Float> F = FloatVector.SPECIES_PREFERRED;

    /** 1.5 * 2^23: adding it rounds to an integer, which is then in the low bits. */
    private static final float ROUND = 12_582_912f;

    /** The same for exponents with their bias of 127, and the bits of the former: exponent 0. */
    private static final float ROUND_BIASED = ROUND + 127;

    private static final int ROUND_BITS = Float.floatToRawIntBits(ROUND);

    private static final float SMALLEST = -126;
    private static final float LOG2_E = 1.442695f;

    /** ln 2 in two parts; products of the first with an exponent are exact. */
    private static final float LN2_HIGH = 0.6933594f;

    private static final float LN2_LOW = -2.1219444e-4f;

    // Minimax polynomial of 2^r on -0.5..0.5 with the constant term fixed at 1: error 9.1e-8.
    private static final float C1 = 0.693147f;
    private static final float C2 = 0.24022242f;
    private static final float C3 = 0.055507336f;
    private static final float C4 = 0.009671513f;
    private static final float C5 = 0.0013264727f;

    private Simd() {}

    /**
     * {@code 2^x} for finite x up to 0. An exponent that is too small becomes the one whose bits
     * are 0: as a factor that is 0, for one instruction less than a comparison and a blend.
     */
    static FloatVector base2(FloatVector x) {
      FloatVector shifted = x.add(ROUND_BIASED);
      FloatVector p = polynomial(x.sub(shifted.sub(ROUND_BIASED)));
      IntVector power = shifted.reinterpretAsInts().max(ROUND_BITS);
      return p.mul(power.lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats());
    }

    /** {@code e^x} for x up to 0; the reduction keeps the error small for large x too. */
    static FloatVector natural(FloatVector x) {
      FloatVector scaled = x.mul(LOG2_E);
      FloatVector shifted = scaled.add(ROUND);
      FloatVector n = shifted.sub(ROUND);
      FloatVector r = n.fma(FloatVector.broadcast(F, -LN2_HIGH), x);
      r = n.fma(FloatVector.broadcast(F, -LN2_LOW), r).mul(LOG2_E);
      return scale(r, shifted, scaled.compare(VectorOperators.LT, SMALLEST));
    }

    /** {@code 2^(r + n)}, n in the low bits of {@code shifted}; the product keeps a NaN. */
    private static FloatVector scale(FloatVector r, FloatVector shifted, VectorMask<Float> zero) {
      FloatVector p = polynomial(r);
      IntVector power = shifted.reinterpretAsInts().add(127).lanewise(VectorOperators.LSHL, 23);
      return p.mul(power.reinterpretAsFloats()).blend(0, zero);
    }

    private static FloatVector polynomial(FloatVector r) {
      FloatVector p = r.fma(FloatVector.broadcast(F, C5), FloatVector.broadcast(F, C4));
      p = p.fma(r, FloatVector.broadcast(F, C3));
      p = p.fma(r, FloatVector.broadcast(F, C2));
      p = p.fma(r, FloatVector.broadcast(F, C1));
      return p.fma(r, FloatVector.broadcast(F, 1));
    }
  }
}
