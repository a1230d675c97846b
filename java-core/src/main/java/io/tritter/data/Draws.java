package io.tritter.data;

/**
 * Draw number {@code k} is a function of the seed and {@code k} alone (SplitMix64: Steele, Lea and
 * Flood, 2014), the same on every machine, so the number of draws is the whole state.
 */
final class Draws {
  private static final long GOLDEN_RATIO = 0x9E3779B97F4A7C15L;

  private final long seed;

  /** The draws of a seed in an epoch; no two epochs have the same. */
  Draws(long seed, long epoch) {
    this.seed = mix(seed) + mix(epoch * GOLDEN_RATIO);
  }

  /** Draw {@code k}, a number from 0 to {@code bound - 1}. */
  long below(long bound, long k) {
    // The high half of a 64 by 63 bit product: uniform up to bound / 2^64, no division.
    return Math.unsignedMultiplyHigh(bits(k), bound);
  }

  /** Draw {@code k}, a number in [0, 1). */
  double fraction(long k) {
    return (bits(k) >>> 11) * 0x1p-53;
  }

  /** An order of {@code 0..n-1} that takes the draws from {@code k} to {@code k + n - 1}. */
  int[] order(int n, long k) {
    int[] order = new int[n];
    for (int i = 0; i < n; i++) {
      int j = (int) below(i + 1L, k + i);
      order[i] = order[j];
      order[j] = i;
    }
    return order;
  }

  private long bits(long k) {
    return mix(seed + (k + 1) * GOLDEN_RATIO);
  }

  private static long mix(long z) {
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
