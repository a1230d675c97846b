package io.tritter.kernel;

/** What the operations on trit planes share: the check of their lengths and the size of a task. */
final class TritPlanes {
  /** Words of a task: 2^18 trits, some microseconds of work. */
  static final int PIECE = 1 << 12;

  private TritPlanes() {}

  static void check(long[] aPlus, long[] aMinus, long[] bPlus, long[] bMinus) {
    int words = aPlus.length;
    if (aMinus.length != words || bPlus.length != words || bMinus.length != words) {
      throw new IllegalArgumentException(
          "planes: expected four of one length, got %d, %d, %d, %d words"
              .formatted(words, aMinus.length, bPlus.length, bMinus.length));
    }
  }

  static void checkOut(int words, long[] outPlus, long[] outMinus) {
    if (outPlus.length != words || outMinus.length != words) {
      throw new IllegalArgumentException(
          "out planes: expected %d words, got %d and %d"
              .formatted(words, outPlus.length, outMinus.length));
    }
  }
}
