package io.tritter.quant;

import io.tritter.tensor.Check;
import io.tritter.tensor.NativeMemory;
import io.tritter.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Numbers in a byte each (Dettmers et al., 2022, 8-bit Optimizers via Block-wise Quantization):
 * {@code map[codes[i]] * absmax[i / 256]} with the numbers of {@link DynamicMap}. Zeros at first.
 *
 * <p>Threads may work on different blocks.
 */
public final class DynamicBlocks {
  /** Numbers that share a scale. */
  public static final int BLOCK_SIZE = 256;

  private final long size;
  private final Code code;
  private final MemorySegment codes;
  private final Tensor absmax;

  /**
   * Zeros.
   *
   * @param signed whether numbers below zero are among them
   */
  public DynamicBlocks(long size, boolean signed) {
    this.size = size;
    code = signed ? Code.SIGNED : Code.UNSIGNED;
    codes = NativeMemory.allocate(Math.ceilDiv(size, Float.BYTES) * Float.BYTES);
    absmax = Tensor.zeros(Math.toIntExact(Math.ceilDiv(size, (long) BLOCK_SIZE)));
  }

  /**
   * The numbers {@code from..from + out.size() - 1}.
   *
   * @param from the first of a block
   */
  public void decode(long from, Tensor out) {
    check(from, out);
    for (long first = 0; first < out.size(); first += BLOCK_SIZE) {
      float scale = absmax.get((from + first) / BLOCK_SIZE);
      long last = Math.min(out.size(), first + BLOCK_SIZE);
      for (long i = first; i < last; i++) {
        int c = Byte.toUnsignedInt(codes.get(ValueLayout.JAVA_BYTE, from + i));
        out.set(i, code.numbers[c] * scale);
      }
    }
  }

  /**
   * Takes the nearest of the numbers {@code from..from + in.size() - 1}, which end with a block or
   * with the last number of all.
   *
   * @param from the first of a block
   * @param in finite; none below zero where {@link #decode} gives none
   */
  public void encode(long from, Tensor in) {
    check(from, in);
    for (long first = 0; first < in.size(); first += BLOCK_SIZE) {
      long last = Math.min(in.size(), first + BLOCK_SIZE);
      float largest = 0;
      for (long i = first; i < last; i++) {
        largest = Math.max(largest, Math.abs(in.get(i)));
      }
      absmax.set((from + first) / BLOCK_SIZE, largest);
      float divisor = largest == 0 ? 1 : largest;
      for (long i = first; i < last; i++) {
        codes.set(ValueLayout.JAVA_BYTE, from + i, (byte) code.nearest(in.get(i) / divisor));
      }
    }
  }

  private void check(long from, Tensor numbers) {
    long end = from + numbers.size();
    boolean whole = end == size || numbers.size() % BLOCK_SIZE == 0;
    if (from < 0 || from % BLOCK_SIZE != 0 || end > size || !whole) {
      throw Check.expected("numbers", "whole blocks of " + size, from + " to " + end);
    }
  }

  /** The codes, live: four bytes in the place of each float32, zeros behind the last. */
  public Tensor codes() {
    return Tensor.wrap(codes, Math.toIntExact(codes.byteSize() / Float.BYTES));
  }

  /** The scales, live. */
  public Tensor absmax() {
    return absmax;
  }

  /** Bytes of codes and scales. */
  public long sizeBytes() {
    return codes.byteSize() + Float.BYTES * absmax.size();
  }

  /** The numbers of the codes, and from a number to the nearest code. */
  private static final class Code {
    static final Code SIGNED = new Code(DynamicMap.signed());
    static final Code UNSIGNED = new Code(DynamicMap.unsigned());

    /** The bits of a float32 behind sign, exponent and 7 bits of the fraction. */
    private static final int REST = 16;

    final float[] numbers;

    /**
     * The lowest code that is nearest to a number with these first 16 bits. Between two neighbours
     * of the map lie at least as many numbers as share those, so that it is the nearest code itself
     * or the one below.
     */
    private final byte[] lowest = new byte[1 << (Float.SIZE - REST)];

    Code(float[] numbers) {
      this.numbers = numbers;
      for (int i = 0; i < lowest.length; i++) {
        int one = DynamicMap.nearest(numbers, Float.intBitsToFloat(i << REST));
        int other = DynamicMap.nearest(numbers, Float.intBitsToFloat(i << REST | 0xFFFF));
        lowest[i] = (byte) Math.min(one, other);
      }
    }

    /** The code whose number is nearest to {@code x}, of two the lower. */
    int nearest(float x) {
      int c = Byte.toUnsignedInt(lowest[Float.floatToRawIntBits(x) >>> REST]);
      boolean above = c < numbers.length - 1 && numbers[c + 1] - x < x - numbers[c];
      return above ? c + 1 : c;
    }
  }
}
