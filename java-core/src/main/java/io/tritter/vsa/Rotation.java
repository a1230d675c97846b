package io.tritter.vsa;

/** Cyclic shift of the first {@code dim} bits of a plane, a word at a time. */
final class Rotation {
  private Rotation() {}

  /**
   * Bit i moves to (i + by) mod dim.
   *
   * @param by 0 to dim - 1
   */
  static long[] rotate(long[] plane, int by, int dim) {
    if (by == 0) {
      return plane;
    }
    long[] out = new long[plane.length];
    up(plane, by, out);
    down(plane, dim - by, out);
    out[out.length - 1] &= -1L >>> (out.length * Long.SIZE - dim);
    return out;
  }

  private static void up(long[] plane, int by, long[] out) {
    int words = by / Long.SIZE;
    int bits = by % Long.SIZE;
    for (int i = words; i < out.length; i++) {
      long carried = bits == 0 || i == words ? 0 : plane[i - words - 1] >>> (Long.SIZE - bits);
      out[i] |= (plane[i - words] << bits) | carried;
    }
  }

  private static void down(long[] plane, int by, long[] out) {
    int words = by / Long.SIZE;
    int bits = by % Long.SIZE;
    for (int i = 0; i + words < plane.length; i++) {
      boolean last = i + words + 1 == plane.length;
      long carried = bits == 0 || last ? 0 : plane[i + words + 1] << (Long.SIZE - bits);
      out[i] |= (plane[i + words] >>> bits) | carried;
    }
  }
}
