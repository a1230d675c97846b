package io.tritter.kernel;

/** Not written yet. */
final class TritAdd {
  private TritAdd() {}

  static void run(
      long[] aPlus, long[] aMinus, long[] bPlus, long[] bMinus, long[] outPlus, long[] outMinus) {
    throw new UnsupportedOperationException("tritAdd");
  }

  /** On vectors. */
  static final class Simd {
    private Simd() {}

    static void run(
        long[] aPlus, long[] aMinus, long[] bPlus, long[] bMinus, long[] outPlus, long[] outMinus) {
      throw new UnsupportedOperationException("tritAdd");
    }
  }
}
