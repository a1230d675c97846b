package io.tritter.ternary;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * How a byte holds one trit of each of several strands: byte k of a stretch holds trit k of every
 * strand. Published layouts differ in the strands and in this code, and in nothing else.
 *
 * <p>Both directions go through tables, four bytes at a time: a byte of 2-bit trits is four trits
 * of one strand, so it meets four bytes of a stretch.
 */
final class StrandCode {
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

  /** Above the five 2-bit bytes of a table entry; still there after a shift by 6. */
  private static final int INVALID_SHIFT = 40;

  /** From a byte of four 2-bit trits to four bytes of trit + 1. */
  private static final int[] SPREAD = new int[256];

  static {
    for (int b = 0; b < SPREAD.length; b++) {
      for (int i = 0; i < 4; i++) {
        int code = TritMatrix.code(b, i);
        SPREAD[b] |= (code == 2 ? 0 : code + 1) << (8 * i);
      }
    }
  }

  /** {@code sum_i (t[i] + 1) * 4^i}: the first strand in the low bits. */
  static final StrandCode LOW_FIRST = new StrandCode(4, 4, true);

  /** {@code sum_i (t[i] + 1) * 4^(3-i)}: the first strand in the high bits. */
  static final StrandCode HIGH_FIRST = new StrandCode(4, 4, false);

  /**
   * {@code ceil(256/243 * sum_i (t[i] + 1) * 3^(4-i))}: trit i is the carry out of the byte when it
   * is multiplied by 3 for the (i+1)-th time.
   */
  static final StrandCode BASE3 = new StrandCode(5, 3, false);

  /** {@link #BASE3} of four strands; the fifth digit is 0. */
  static final StrandCode BASE3_OF_FOUR = new StrandCode(4, 3, false);

  final int strands;
  private final int radix;
  private final boolean lowFirst;

  /** From the sum of the digits to the byte that is stored. */
  private final byte[] stored = new byte[256];

  /** From a stored byte to its trits, the 2-bit code of strand i in bits 8i and 8i+1. */
  private final long[] trits = new long[256];

  private StrandCode(int strands, int radix, boolean lowFirst) {
    this.strands = strands;
    this.radix = radix;
    this.lowFirst = lowFirst;
    Arrays.fill(trits, 1L << INVALID_SHIFT);
    int sums = (int) Math.pow(radix, strands);
    for (int sum = 0; sum < sums; sum++) {
      int base3 = strands == 5 ? sum : 3 * sum;
      int b = radix == 4 ? sum : Math.ceilDiv(base3 * 256, 243);
      stored[sum] = (byte) b;
      trits[b] = digits(sum);
    }
  }

  /** The 2-bit codes of a sum, those of the last strand lowest; a digit of 3 is no trit. */
  private long digits(int sum) {
    long codes = 0;
    int rest = sum;
    for (int i = strands - 1; i >= 0; i--) {
      int digit = rest % radix;
      if (digit == 3) {
        return 1L << INVALID_SHIFT;
      }
      codes |= (digit == 0 ? 2L : digit - 1L) << (8 * strand(i));
      rest /= radix;
    }
    return codes;
  }

  /** The strand of the i-th digit from the left. */
  private int strand(int i) {
    return lowFirst ? strands - 1 - i : i;
  }

  /**
   * Joins strands.
   *
   * @param from strand i is the {@code width} trits from byte {@code from + i * width / 4} on
   * @param width bytes to write, a multiple of 4
   */
  void encode(byte[] from2Bit, int from, byte[] to, int at, int width) {
    int stride = width / 4;
    for (int j = 0; j < stride; j++) {
      int sums = 0;
      for (int i = 0; i < strands; i++) {
        sums = sums * radix + SPREAD[from2Bit[from + strand(i) * stride + j] & 255];
      }
      if (radix == 3) {
        sums =
            (stored[sums & 255] & 255)
                | (stored[(sums >>> 8) & 255] & 255) << 8
                | (stored[(sums >>> 16) & 255] & 255) << 16
                | stored[sums >>> 24] << 24;
      }
      INT.set(to, at + 4 * j, sums);
    }
  }

  /**
   * The opposite of {@link #encode}.
   *
   * @return whether every byte was one that {@code encode} writes
   */
  boolean decode(byte[] bytes, int at, int width, byte[] to2Bit, int to) {
    int stride = width / 4;
    long all = 0;
    for (int j = 0; j < stride; j++) {
      int four = (int) INT.get(bytes, at + 4 * j);
      long codes =
          trits[four & 255]
              | trits[(four >>> 8) & 255] << 2
              | trits[(four >>> 16) & 255] << 4
              | trits[four >>> 24] << 6;
      for (int i = 0; i < strands; i++) {
        to2Bit[to + i * stride + j] = (byte) (codes >>> (8 * i));
      }
      all |= codes;
    }
    return all >>> INVALID_SHIFT == 0;
  }

  /** Whether {@link #encode} writes such a byte. */
  boolean known(byte b) {
    return trits[b & 255] >>> INVALID_SHIFT == 0;
  }

  /** The strand of a 2-bit field of 3, or -1. */
  int strandOfThree(byte b) {
    for (int i = 0; radix == 4 && i < strands; i++) {
      if (TritMatrix.code(b, lowFirst ? i : strands - 1 - i) == 3) {
        return i;
      }
    }
    return -1;
  }
}
