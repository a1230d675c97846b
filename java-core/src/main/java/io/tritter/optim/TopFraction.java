package io.tritter.optim;

import io.tritter.tensor.Tensor;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The magnitude that about a given fraction of a tensor's elements reach: the quantile of a sample,
 * one element at a hashed place of each of as many equal parts.
 *
 * <p>Tensors of up to {@value #LEAST_SAMPLE} elements are sampled whole. The fraction of a larger
 * one is off by {@code sqrt(f (1 - f) / sample)}, one standard deviation.
 */
final class TopFraction {
  private static final int LEAST_SAMPLE = 4096;
  private static final int MOST_SAMPLE = 1 << 16;

  /** Elements for each one of the sample, between these bounds. */
  private static final int STRIDE = 32;

  /** Bits of a positive float above its last 19: exponent and 4 bits of the fraction. */
  private static final int BINS = 1 << 12;

  private static final int BIN_SHIFT = 19;

  private TopFraction() {}

  /**
   * A positive magnitude; all elements but zeros reach that of the fraction 1.
   *
   * @param x finite
   * @param fraction above 0, at most 1
   * @param key of {@link SplitMix}
   */
  static float threshold(Tensor x, double fraction, long key) {
    return threshold(x, null, fraction, key);
  }

  /** The same of {@code x + addend}. */
  static float threshold(Tensor x, @Nullable Tensor addend, double fraction, long key) {
    if (fraction == 1) {
      return Float.MIN_NORMAL;
    }
    int[] sample = sample(x, addend, key);
    int[] bins = new int[BINS];
    for (int bits : sample) {
      bins[bits >>> BIN_SHIFT]++;
    }
    int wanted = (int) Math.max(1, Math.round(fraction * sample.length));
    int bin = BINS - 1;
    int above = 0;
    while (above + bins[bin] < wanted) {
      above += bins[bin--];
    }
    int[] around = new int[bins[bin]];
    int n = 0;
    for (int bits : sample) {
      if (bits >>> BIN_SHIFT == bin) {
        around[n++] = bits;
      }
    }
    Arrays.sort(around); // positive floats are in the order of their bits
    return Math.max(Float.MIN_NORMAL, Float.intBitsToFloat(around[n - (wanted - above)]));
  }

  /** The bits of the magnitudes of a sample. */
  private static int[] sample(Tensor x, @Nullable Tensor addend, long key) {
    long size = x.size();
    int count =
        (int) Math.min(size, Math.clamp(size / STRIDE, (long) LEAST_SAMPLE, (long) MOST_SAMPLE));
    int[] sample = new int[count];
    long part = size / count;
    for (int i = 0; i < count; i++) {
      long at = i * part + Math.unsignedMultiplyHigh(SplitMix.at(key, i), part);
      float value = addend == null ? x.get(at) : x.get(at) + addend.get(at);
      sample[i] = Float.floatToRawIntBits(Math.abs(value));
    }
    return sample;
  }
}
