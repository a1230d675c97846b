package io.tritter.quant;

import io.tritter.tensor.Tensor;

/**
 * A float32 sum in the order in which PyTorch adds on one thread of a CPU: bitsandbytes subtracts a
 * mean that is made so, and the last bit of it decides on bytes.
 *
 * <p>Rows of eight lanes are added to four sums in turn; each level takes the sums of a number of
 * steps from the one below.
 */
final class CascadeSum {
  private static final int LANES = 8;
  private static final int SUMS = 4;
  private static final int LEVELS = 4;

  /** A level takes at least 2^4 steps. */
  private static final int LEAST_POWER = 4;

  private CascadeSum() {}

  static float of(Tensor x) {
    int n = Math.toIntExact(x.size());
    int lanes = n < LANES ? 1 : LANES;
    int rows = n / lanes;
    float sum = 0;
    for (int i = rows * lanes; i < n; i++) {
      sum += x.get(i);
    }
    for (int lane = 0; lane < lanes; lane++) {
      sum += lane(x, lane, lanes, rows);
    }
    return sum;
  }

  /** The sum of {@code rows} numbers that are {@code stride} apart. */
  private static float lane(Tensor x, int from, int stride, int rows) {
    int steps = rows / SUMS;
    int bits = steps <= 1 ? 0 : Integer.SIZE - Integer.numberOfLeadingZeros(steps - 1);
    int power = Math.max(LEAST_POWER, bits / LEVELS);
    int mask = (1 << power) - 1;
    float[][] sums = new float[LEVELS][SUMS];
    for (int i = 0; i < steps; i++) {
      for (int k = 0; k < SUMS; k++) {
        sums[0][k] += x.get(from + (long) (i * SUMS + k) * stride);
      }
      int done = i + 1;
      for (int level = 1; level < LEVELS && (done & mask) == 0; level++) {
        add(sums[level - 1], sums[level]);
        if ((done & (mask << (level * power))) != 0) {
          break;
        }
      }
    }
    for (int level = 1; level < LEVELS; level++) {
      add(sums[level], sums[0]);
    }
    for (int i = steps * SUMS; i < rows; i++) {
      sums[0][0] += x.get(from + (long) i * stride);
    }
    return sums[0][0] + sums[0][1] + sums[0][2] + sums[0][3];
  }

  /** Adds what is in {@code from}, and empties it. */
  private static void add(float[] from, float[] to) {
    for (int k = 0; k < SUMS; k++) {
      to[k] += from[k];
      from[k] = 0;
    }
  }
}
