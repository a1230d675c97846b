package io.tritter.tornado;

/** Arithmetic of float32 that no compiler can fuse: a product and a sum are rounded each. */
final class Rounded {
  /** Added and subtracted it rounds a number below 2^22 to the nearest integer, half to even. */
  static final float TO_INTEGER = 0x1.8p23f;

  private Rounded() {}

  /** The product of two float32, exact in float64 and rounded by the conversion. */
  static float product(float a, float b) {
    return (float) ((double) a * b);
  }

  /**
   * The quotient of two float32, as Java has it: float64 has more than twice the bits, so that
   * rounding twice does no harm. A device alone divides float32 less exactly.
   */
  static float quotient(float a, float b) {
    return (float) ((double) a / (double) b);
  }
}
