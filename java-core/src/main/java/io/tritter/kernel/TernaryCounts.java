package io.tritter.kernel;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import java.util.Arrays;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * Sums of one block of weight rows by popcounts, for machines whose vectors are 512 bits: they
 * count bits in one instruction and blend two planes by a third in another, so that an activation
 * plane of 16 columns costs 32 rows three instructions and no multiplication. The formula is that
 * of {@link PlaneWeights}.
 */
final class TernaryCounts {
  private static final VectorSpecies<Short> S = TernaryMatmul.Simd.S;
  private static final VectorSpecies<Integer> I = TernaryMatmul.Simd.I;
  private static final int L = TernaryMatmul.Simd.L;
  private static final int PLANES = ActivationPlanes.PLANES;

  /** Columns of two int16 of the layout, whose low bits and high bits make one int16 each. */
  static final int COLUMNS = 16;

  /** Narrower vectors count bits by table look-ups, slower than they multiply. */
  static final boolean FASTEST = S.vectorBitSize() >= 512;

  /** Pairs of int16 that are decoded at a time, into 8 KiB. */
  private static final int CHUNK = 64;

  /** 2048 counts of at most 16 stay inside int16, read as unsigned. */
  private static final int PAIRS_BEFORE_WIDENING = 2048;

  private static final short[] EVEN = new short[L];
  private static final char[] SPREAD = new char[256];

  static {
    Arrays.fill(EVEN, (short) 0x5555);
    for (int bits = 0; bits < SPREAD.length; bits++) {
      for (int i = 0; i < Byte.SIZE; i++) {
        SPREAD[bits] |= (char) (((bits >> i) & 1) << (2 * i));
      }
    }
  }

  /** [CHUNK][2][L]: where the trit is -1; where it is not 0. */
  private final short[] decoded = new short[CHUNK * 2 * L];

  /** Counts a plane, [batch][8][L], and of the -1, [L]. */
  private short[] counts = new short[0];

  private final short[] negative = new short[L];

  /**
   * The planes of a row of x, int32 [pairs][8], each 16 bits twice: bit 2i is that of column i, bit
   * 2i + 1 that of column 8 + i.
   */
  static void planes(byte[] row, int pairs, int[] planes, int to) {
    for (int pair = 0; pair < pairs; pair++) {
      long low = ActivationPlanes.eight(row, pair * COLUMNS);
      long high = ActivationPlanes.eight(row, pair * COLUMNS + COLUMNS / 2);
      for (int p = 0; p < PLANES; p++) {
        int bits =
            SPREAD[(int) ActivationPlanes.plane(low, p)]
                | (SPREAD[(int) ActivationPlanes.plane(high, p)] << 1);
        planes[to + pair * PLANES + p] = bits | (bits << 16);
      }
    }
  }

  /**
   * Sums of a block over columns 16 from .. 16 to - 1 for each row of x.
   *
   * @param base where the block starts in the layout
   * @param planes [batch][pairs][8], see {@link #planes}
   * @param sums [batch][L], written
   */
  void sum(
      MemorySegment layout,
      long base,
      int[] planes,
      int pairs,
      int batch,
      int from,
      int to,
      int[] sums) {
    int size = batch * PLANES * L;
    if (counts.length < size) {
      counts = new short[size];
    }
    Arrays.fill(sums, 0, batch * L, 0);
    for (int first = from; first < to; first += PAIRS_BEFORE_WIDENING) {
      int last = Math.min(to, first + PAIRS_BEFORE_WIDENING);
      Arrays.fill(counts, 0, size, (short) 0);
      Arrays.fill(negative, (short) 0);
      for (int pair = first; pair < last; pair += CHUNK) {
        int n = Math.min(CHUNK, last - pair);
        decode(layout, base + 4L * L * pair, n, decoded, negative);
        for (int b = 0; b < batch; b++) {
          count(decoded, n, planes, (b * pairs + pair) * PLANES, counts, b * PLANES * L);
        }
      }
      for (int b = 0; b < batch; b++) {
        addWeighted(counts, b * PLANES * L, negative, sums, b * L);
      }
    }
  }

  /** Fields of trit + 1 have bit 0 set for a zero and bit 1 for a one. */
  private static void decode(
      MemorySegment layout, long base, int pairs, short[] decoded, short[] negative) {
    ShortVector even = ShortVector.fromArray(S, EVEN, 0);
    ShortVector count = ShortVector.fromArray(S, negative, 0);
    for (int pair = 0; pair < pairs; pair++) {
      long at = base + 4L * L * pair;
      IntVector v = IntVector.fromMemorySegment(I, layout, at, ByteOrder.LITTLE_ENDIAN);
      IntVector u = IntVector.fromMemorySegment(I, layout, at + 2L * L, ByteOrder.LITTLE_ENDIAN);
      ShortVector zero =
          blend(
              u.lanewise(VectorOperators.LSHL, 1).reinterpretAsShorts(),
              v.reinterpretAsShorts(),
              even);
      ShortVector plus =
          blend(
              u.reinterpretAsShorts(),
              v.lanewise(VectorOperators.LSHR, 1).reinterpretAsShorts(),
              even);
      ShortVector nonZero = zero.not();
      ShortVector minus = nonZero.lanewise(VectorOperators.XOR, plus);
      minus.intoArray(decoded, 2 * L * pair);
      nonZero.intoArray(decoded, 2 * L * pair + L);
      count = count.add(minus.lanewise(VectorOperators.BIT_COUNT));
    }
    count.intoArray(negative, 0);
  }

  private static ShortVector blend(ShortVector odd, ShortVector even, ShortVector mask) {
    return odd.lanewise(
        VectorOperators.XOR,
        odd.lanewise(VectorOperators.XOR, even).lanewise(VectorOperators.AND, mask));
  }

  private static void count(
      short[] decoded, int pairs, int[] planes, int from, short[] counts, int at) {
    ShortVector c0 = ShortVector.fromArray(S, counts, at);
    ShortVector c1 = ShortVector.fromArray(S, counts, at + L);
    ShortVector c2 = ShortVector.fromArray(S, counts, at + 2 * L);
    ShortVector c3 = ShortVector.fromArray(S, counts, at + 3 * L);
    ShortVector c4 = ShortVector.fromArray(S, counts, at + 4 * L);
    ShortVector c5 = ShortVector.fromArray(S, counts, at + 5 * L);
    ShortVector c6 = ShortVector.fromArray(S, counts, at + 6 * L);
    ShortVector c7 = ShortVector.fromArray(S, counts, at + 7 * L);
    for (int pair = 0; pair < pairs; pair++) {
      ShortVector minus = ShortVector.fromArray(S, decoded, 2 * L * pair);
      ShortVector nonZero = ShortVector.fromArray(S, decoded, 2 * L * pair + L);
      int p = from + PLANES * pair;
      c0 = c0.add(ones(minus, nonZero, planes, p));
      c1 = c1.add(ones(minus, nonZero, planes, p + 1));
      c2 = c2.add(ones(minus, nonZero, planes, p + 2));
      c3 = c3.add(ones(minus, nonZero, planes, p + 3));
      c4 = c4.add(ones(minus, nonZero, planes, p + 4));
      c5 = c5.add(ones(minus, nonZero, planes, p + 5));
      c6 = c6.add(ones(minus, nonZero, planes, p + 6));
      c7 = c7.add(ones(minus, nonZero, planes, p + 7));
    }
    c0.intoArray(counts, at);
    c1.intoArray(counts, at + L);
    c2.intoArray(counts, at + 2 * L);
    c3.intoArray(counts, at + 3 * L);
    c4.intoArray(counts, at + 4 * L);
    c5.intoArray(counts, at + 5 * L);
    c6.intoArray(counts, at + 6 * L);
    c7.intoArray(counts, at + 7 * L);
  }

  /** Popcount of: plus where the activation bit is set, minus where it is not. */
  private static ShortVector ones(ShortVector minus, ShortVector nonZero, int[] planes, int p) {
    ShortVector bits = IntVector.broadcast(I, planes[p]).reinterpretAsShorts();
    return minus
        .lanewise(VectorOperators.XOR, nonZero.lanewise(VectorOperators.AND, bits))
        .lanewise(VectorOperators.BIT_COUNT);
  }

  private static void addWeighted(short[] counts, int from, short[] negative, int[] sums, int to) {
    IntVector ones = ShortVector.fromArray(S, negative, 0).reinterpretAsInts();
    IntVector first = ones.and(0xffff);
    IntVector last = ones.lanewise(VectorOperators.LSHR, 16);
    for (int p = 0; p < PLANES; p++) {
      IntVector count = ShortVector.fromArray(S, counts, from + p * L).reinterpretAsInts();
      int weight = p == PLANES - 1 ? -128 : 1 << p;
      first = first.add(count.and(0xffff).mul(weight));
      last = last.add(count.lanewise(VectorOperators.LSHR, 16).mul(weight));
    }
    IntVector.fromArray(I, sums, to).add(first).intoArray(sums, to);
    IntVector.fromArray(I, sums, to + L / 2).add(last).intoArray(sums, to + L / 2);
  }
}
