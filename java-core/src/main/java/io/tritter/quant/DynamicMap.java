package io.tritter.quant;

import java.util.Arrays;

/**
 * The numbers of an 8-bit code with a dynamic exponent (Dettmers, 2015, 8-Bit Approximations for
 * Parallelism in Deep Learning): the fewer bits the exponent takes, the more has the fraction.
 */
public final class DynamicMap {
  private static final int EXPONENTS = 7;

  /** -1 to 1. */
  private static final float[] SIGNED = make(true);

  private DynamicMap() {}

  /** A copy of the 256 numbers from -1 to 1, ascending. */
  public static float[] signed() {
    return SIGNED.clone();
  }

  /** A copy of the 256 numbers from 0 to 1, ascending. */
  public static float[] unsigned() {
    return make(false);
  }

  /** Between powers of ten lie the middles of equal parts, twice as many from power to power. */
  private static float[] make(boolean signed) {
    float[] numbers = new float[256];
    int count = 0;
    for (int e = 0; e < EXPONENTS; e++) {
      float[] bounds = parts(signed ? 1 << e : 2 << e);
      float power = (float) Math.pow(10, e - EXPONENTS + 1);
      for (int i = 0; i + 1 < bounds.length; i++) {
        float middle = power * ((bounds[i] + bounds[i + 1]) / 2);
        numbers[count++] = middle;
        if (signed) {
          numbers[count++] = -middle;
        }
      }
    }
    numbers[count++] = 0f;
    numbers[count] = 1f;
    Arrays.sort(numbers);
    return numbers;
  }

  /** 0.1 to 1 in {@code n} equal parts, from either end to the middle as PyTorch has them. */
  private static float[] parts(int n) {
    float step = (1f - 0.1f) / n;
    float[] bounds = new float[n + 1];
    for (int i = 0; i <= n; i++) {
      bounds[i] =
          i < (n + 1) / 2
              ? (float) (0.1f + (double) step * i)
              : (float) (1 - (double) step * (n - i));
    }
    return bounds;
  }

  /** The code whose number is nearest to {@code x}, of two the lower. */
  static int nearest(float[] map, float x) {
    int at = Arrays.binarySearch(map, x);
    if (at >= 0) {
      return at;
    }
    int above = -at - 1;
    if (above == 0) {
      return 0;
    }
    if (above == map.length) {
      return map.length - 1;
    }
    return map[above] - x < x - map[above - 1] ? above : above - 1;
  }
}
