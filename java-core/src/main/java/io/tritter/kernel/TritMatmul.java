package io.tritter.kernel;

import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * Products of two trit matrices, {@code out[i, j] = sum_c a[i, c] * b[j, c]}, with {@link
 * TritDot}'s popcounts of their planes.
 */
final class TritMatmul {
  private TritMatmul() {}

  static void run(
      long[] aPlus,
      long[] aMinus,
      long[] bPlus,
      long[] bMinus,
      int[] out,
      int rows,
      int cols,
      int words) {
    check(aPlus, aMinus, bPlus, bMinus, out, rows, cols, words);
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < cols; j++) {
        out[i * cols + j] = dot(aPlus, aMinus, i * words, bPlus, bMinus, j * words, 0, words);
      }
    }
  }

  private static int dot(
      long[] aPlus, long[] aMinus, int a, long[] bPlus, long[] bMinus, int b, int from, int to) {
    int dot = 0;
    for (int i = from; i < to; i++) {
      long same = (aPlus[a + i] & bPlus[b + i]) | (aMinus[a + i] & bMinus[b + i]);
      long opposite = (aPlus[a + i] & bMinus[b + i]) | (aMinus[a + i] & bPlus[b + i]);
      dot += Long.bitCount(same) - Long.bitCount(opposite);
    }
    return dot;
  }

  private static void check(
      long[] aPlus,
      long[] aMinus,
      long[] bPlus,
      long[] bMinus,
      int[] out,
      int rows,
      int cols,
      int words) {
    if (rows < 1 || cols < 1 || words < 1 || words > Integer.MAX_VALUE / Long.SIZE) {
      throw new IllegalArgumentException(
          "shape: expected rows, cols and words of at least 1, below 2^31 trits, got %d, %d, %d"
              .formatted(rows, cols, words));
    }
    checkLength("a planes", Math.min(aPlus.length, aMinus.length), (long) rows * words);
    checkLength("b planes", Math.min(bPlus.length, bMinus.length), (long) cols * words);
    checkLength("out", out.length, (long) rows * cols);
  }

  private static void checkLength(String name, int length, long expected) {
    if (length < expected) {
      throw new IllegalArgumentException(
          name + ": expected at least " + expected + " elements, got " + length);
    }
  }

  /**
   * On vectors: two rows of a by two of b, {@value #TILE} rows of b to a task, which stay in the
   * cache.
   */
  static final class Simd {
    private static final VectorSpecies<Long> L = LongVector.SPECIES_PREFERRED;
    private static final int TILE = 32;

    /** Words at a time: 4 planes of 2 rows of a, 32 of b, inside an L2 cache. */
    private static final int PANEL = 1024;

    private Simd() {}

    static void run(
        long[] aPlus,
        long[] aMinus,
        long[] bPlus,
        long[] bMinus,
        int[] out,
        int rows,
        int cols,
        int words) {
      check(aPlus, aMinus, bPlus, bMinus, out, rows, cols, words);
      int tiles = Math.ceilDiv(cols, TILE);
      Workers.run(
          tiles * Math.ceilDiv(rows, TILE),
          task -> {
            int firstRow = task / tiles * TILE;
            int lastRow = Math.min(rows, firstRow + TILE);
            int firstCol = task % tiles * TILE;
            int lastCol = Math.min(cols, firstCol + TILE);
            for (int from = 0; from < words; from += PANEL) {
              int to = Math.min(words, from + PANEL);
              for (int i = firstRow; i < lastRow; i += 2) {
                int i2 = Math.min(i + 1, lastRow - 1);
                for (int j = firstCol; j < lastCol; j += 2) {
                  int j2 = Math.min(j + 1, lastCol - 1);
                  four(aPlus, aMinus, bPlus, bMinus, out, cols, words, from, to, i, i2, j, j2);
                }
              }
            }
          });
    }

    /** The products of rows i and i2 of a with j and j2 of b over words from..to-1. */
    private static void four(
        long[] aPlus,
        long[] aMinus,
        long[] bPlus,
        long[] bMinus,
        int[] out,
        int cols,
        int words,
        int from,
        int to,
        int i,
        int i2,
        int j,
        int j2) {
      int bound = from + L.loopBound(to - from);
      LongVector s00 = LongVector.zero(L);
      LongVector s01 = LongVector.zero(L);
      LongVector s10 = LongVector.zero(L);
      LongVector s11 = LongVector.zero(L);
      for (int w = from; w < bound; w += L.length()) {
        LongVector ap = LongVector.fromArray(L, aPlus, i * words + w);
        LongVector am = LongVector.fromArray(L, aMinus, i * words + w);
        LongVector cp = LongVector.fromArray(L, aPlus, i2 * words + w);
        LongVector cm = LongVector.fromArray(L, aMinus, i2 * words + w);
        LongVector bp = LongVector.fromArray(L, bPlus, j * words + w);
        LongVector bm = LongVector.fromArray(L, bMinus, j * words + w);
        LongVector dp = LongVector.fromArray(L, bPlus, j2 * words + w);
        LongVector dm = LongVector.fromArray(L, bMinus, j2 * words + w);
        s00 = s00.add(products(ap, am, bp, bm));
        s01 = s01.add(products(ap, am, dp, dm));
        s10 = s10.add(products(cp, cm, bp, bm));
        s11 = s11.add(products(cp, cm, dp, dm));
      }
      boolean add = from > 0;
      // Here and not in a method of ours: that is no longer inlined, and would get them by the
      // heap.
      int sum00 = (int) s00.reduceLanes(VectorOperators.ADD);
      int sum01 = (int) s01.reduceLanes(VectorOperators.ADD);
      int sum10 = (int) s10.reduceLanes(VectorOperators.ADD);
      int sum11 = (int) s11.reduceLanes(VectorOperators.ADD);
      store(
          out,
          i * cols + j,
          sum00,
          add,
          dot(aPlus, aMinus, i * words, bPlus, bMinus, j * words, bound, to));
      if (j2 > j) {
        store(
            out,
            i * cols + j2,
            sum01,
            add,
            dot(aPlus, aMinus, i * words, bPlus, bMinus, j2 * words, bound, to));
      }
      if (i2 > i) {
        store(
            out,
            i2 * cols + j,
            sum10,
            add,
            dot(aPlus, aMinus, i2 * words, bPlus, bMinus, j * words, bound, to));
      }
      if (i2 > i && j2 > j) {
        store(
            out,
            i2 * cols + j2,
            sum11,
            add,
            dot(aPlus, aMinus, i2 * words, bPlus, bMinus, j2 * words, bound, to));
      }
    }

    private static LongVector products(LongVector ap, LongVector am, LongVector bp, LongVector bm) {
      LongVector same = ap.and(bp).or(am.and(bm)).lanewise(VectorOperators.BIT_COUNT);
      LongVector opposite = ap.and(bm).or(am.and(bp)).lanewise(VectorOperators.BIT_COUNT);
      return same.sub(opposite);
    }

    private static void store(int[] out, int at, int sum, boolean add, int tail) {
      out[at] = add ? out[at] + sum + tail : sum + tail;
    }
  }
}
