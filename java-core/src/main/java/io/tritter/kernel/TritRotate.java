package io.tritter.kernel;

import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * Cyclic shift of the first {@code size} bits of a plane: bit i moves to (i + by) mod size. Word w
 * of the result is the 64 bits of the plane from {@code 64 w - by} on, and those from {@code 64 w -
 * by + size} on, where bits outside the plane are 0.
 */
final class TritRotate {
  private TritRotate() {}

  static void run(long[] plane, int by, int size, long[] out) {
    check(plane, by, size, out);
    range(plane, by, size, out, 0, out.length);
    clearTail(out, size);
  }

  private static void check(long[] plane, int by, int size, long[] out) {
    if (by < 0 || by >= size) {
      throw new IllegalArgumentException("by: expected 0 to " + (size - 1) + ", got " + by);
    }
    int words = Math.ceilDiv(size, Long.SIZE);
    if (plane.length != words || out.length != words) {
      throw new IllegalArgumentException(
          "planes: expected %d words for %d trits, got %d and %d"
              .formatted(words, size, plane.length, out.length));
    }
  }

  private static void range(long[] plane, int by, int size, long[] out, int from, int to) {
    for (int w = from; w < to; w++) {
      long bit = (long) w * Long.SIZE - by;
      out[w] = bits(plane, bit) | bits(plane, bit + size);
    }
  }

  /** 64 bits of the plane from a position on. */
  private static long bits(long[] plane, long position) {
    int word = (int) (position >> 6);
    long low = word >= 0 && word < plane.length ? plane[word] : 0;
    long high = word + 1 >= 0 && word + 1 < plane.length ? plane[word + 1] : 0;
    return (low >>> position) | (high << 1 << ~position);
  }

  private static void clearTail(long[] out, int size) {
    out[out.length - 1] &= -1L >>> (out.length * Long.SIZE - size);
  }

  /** On vectors. */
  static final class Simd {
    private static final VectorSpecies<Long> L = LongVector.SPECIES_PREFERRED;

    private Simd() {}

    static void run(long[] plane, int by, int size, long[] out) {
      check(plane, by, size, out);
      // Below `seam` only bits from the end of the plane arrive, above it only those of its start.
      int seam = by / Long.SIZE;
      Workers.pieces(
          out.length,
          TritPlanes.PIECE,
          (first, behind) -> {
            int from = (int) first;
            int to = (int) behind;
            vectors(plane, size - by, out, from, Math.min(to, seam));
            if (from <= seam && seam < to) {
              range(plane, by, size, out, seam, seam + 1);
            }
            vectors(plane, -by, out, Math.max(from, seam + 1), to);
          });
      clearTail(out, size);
    }

    /** {@code out[w]} = the 64 bits of the plane from {@code 64 w + offset} on. */
    private static void vectors(long[] plane, int offset, long[] out, int from, int to) {
      int source = offset >> 6;
      int down = offset & 63;
      int last = Math.min(to, plane.length - source - 1) - L.length();
      int w = from;
      for (; w <= last; w += L.length()) {
        LongVector low = LongVector.fromArray(L, plane, w + source);
        LongVector high = LongVector.fromArray(L, plane, w + source + 1);
        low.lanewise(VectorOperators.LSHR, down)
            .or(high.lanewise(VectorOperators.LSHL, 1).lanewise(VectorOperators.LSHL, 63 - down))
            .intoArray(out, w);
      }
      for (; w < to; w++) {
        out[w] = bits(plane, (long) w * Long.SIZE + offset);
      }
    }
  }
}
