package io.tritter.optim;

import io.tritter.tensor.Check;
import io.tritter.tensor.Tensor;

/**
 * A sum that takes 2 bits a value, and a scale a block of {@value TernaryBlocks#BLOCK}: after each
 * addition a value v is rounded to {@code sign(v) s} with probability {@code |v| / s}, else to 0,
 * where s is the largest magnitude of its block. The expected value is the exact sum.
 *
 * <p>The random numbers are hashed from the seed, the number of the addition and the place: the
 * same additions give the same bits.
 */
public final class TernaryAccumulator {
  private static final int BLOCK = TernaryBlocks.BLOCK;

  /** Random numbers are of 24 bits, as many as a float has. */
  private static final double UNIT = 0x1p-24;

  private final int size;
  private final long seed;
  private final long[] plus;
  private final long[] minus;
  private final float[] scales;
  private final Tensor block = Tensor.zeros(BLOCK);
  private long additions;

  /**
   * A sum of nothing.
   *
   * @param size values, at least 1
   */
  public TernaryAccumulator(int size, long seed) {
    this.size = Check.atLeast("size", size, 1);
    this.seed = seed;
    plus = new long[Math.ceilDiv(size, Long.SIZE)];
    minus = new long[plus.length];
    scales = new float[Math.ceilDiv(size, BLOCK)];
  }

  public int size() {
    return size;
  }

  /** Additions so far. */
  public long additions() {
    return additions;
  }

  /** Bytes that the sum takes. */
  public long sizeBytes() {
    return 2L * Long.BYTES * plus.length + (long) Float.BYTES * scales.length;
  }

  /**
   * Adds a tensor of any shape.
   *
   * @throws IllegalArgumentException for another size and what is not finite; nothing has changed
   */
  public void add(Tensor x) {
    requireSize(x.size());
    Check.finite("x", x);
    long key = next();
    for (int b = 0; b < scales.length; b++) {
      int length = load(b);
      for (int i = 0; i < length; i++) {
        block.set(i, block.get(i) + x.get((long) b * BLOCK + i));
      }
      store(b, length, key);
    }
  }

  /** Adds a compressed tensor, without expanding more than a block of it. */
  public void add(TernaryBlocks x) {
    requireSize(x.size());
    long key = next();
    int at = 0;
    for (int b = 0; b < scales.length; b++) {
      int length = load(b);
      at = x.addBlock(at, length, block, 0, 1);
      store(b, length, key);
    }
  }

  /** The sum, [size]. */
  public Tensor sum() {
    Tensor sum = Tensor.zeros(size);
    for (int b = 0; b < scales.length; b++) {
      int length = load(b);
      for (int i = 0; i < length; i++) {
        sum.set((long) b * BLOCK + i, block.get(i));
      }
    }
    return sum;
  }

  private void requireSize(long given) {
    if (given != size) {
      throw Check.expected("x", size + " elements", given);
    }
  }

  private long next() {
    return SplitMix.at(SplitMix.key(seed, ""), ++additions);
  }

  /** Writes the values of a block to {@link #block}; how many they are. */
  private int load(int b) {
    int length = Math.min(BLOCK, size - b * BLOCK);
    for (int i = 0; i < length; i++) {
      int at = b * BLOCK + i;
      boolean positive = (plus[at / Long.SIZE] >>> at & 1) != 0;
      boolean negative = (minus[at / Long.SIZE] >>> at & 1) != 0;
      block.set(i, positive ? scales[b] : negative ? -scales[b] : 0);
    }
    return length;
  }

  private void store(int b, int length, long key) {
    float scale = 0;
    for (int i = 0; i < length; i++) {
      scale = Math.max(scale, Math.abs(block.get(i)));
    }
    scales[b] = Math.min(scale, Float.MAX_VALUE);
    for (int i = 0; i < length; i++) {
      int at = b * BLOCK + i;
      int bit = at % Long.SIZE;
      float value = block.get(i);
      double random = (SplitMix.at(key, at) >>> 40) * UNIT;
      boolean kept = Math.abs(value) > random * scale;
      plus[at / Long.SIZE] = with(plus[at / Long.SIZE], bit, kept && value > 0);
      minus[at / Long.SIZE] = with(minus[at / Long.SIZE], bit, kept && value < 0);
    }
  }

  private static long with(long word, int bit, boolean set) {
    long mask = 1L << bit;
    return set ? word | mask : word & ~mask;
  }
}
