package io.tritter.kernel;

/** Not written yet. */
final class TritDot {
  private TritDot() {}

  static long run(long[] aPlus, long[] aMinus, long[] bPlus, long[] bMinus) {
    throw new UnsupportedOperationException("tritDot");
  }

  /** On vectors. */
  static final class Simd {
    private Simd() {}

    static long run(long[] aPlus, long[] aMinus, long[] bPlus, long[] bMinus) {
      throw new UnsupportedOperationException("tritDot");
    }
  }
}
