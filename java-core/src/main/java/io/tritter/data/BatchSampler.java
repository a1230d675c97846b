package io.tritter.data;

import io.tritter.tensor.Check;

/**
 * Batches of windows that begin anywhere in a text, drawn with replacement.
 *
 * <p>Draw number {@code k} is a function of the seed and {@code k} alone (SplitMix64: Steele, Lea
 * and Flood, 2014), the same on every machine, so the number of draws is the whole state.
 */
public final class BatchSampler {
  private static final long GOLDEN_RATIO = 0x9E3779B97F4A7C15L;

  private final byte[] text;
  private final int size;
  private final int context;
  private final long seed;
  private long position;

  /**
   * A sampler at position 0.
   *
   * @param text not copied
   * @param size windows a batch
   * @param context ids a window; each needs one byte more, for the last target
   * @throws IllegalArgumentException if the text is shorter than a window
   */
  public BatchSampler(byte[] text, int size, int context, long seed) {
    Batch.check(size, context);
    if (text.length <= context) {
      throw Check.expected(
          "text", "at least context + 1 = " + (context + 1L) + " bytes", text.length);
    }
    this.text = text;
    this.size = size;
    this.context = context;
    this.seed = mix(seed);
  }

  /** The next batch. */
  public Batch next() {
    int[] starts = new int[size];
    for (int i = 0; i < size; i++) {
      long random = mix(seed + ++position * GOLDEN_RATIO);
      // The high half of a 64 by 31 bit product: uniform up to 2^-33, no division.
      starts[i] = (int) Math.unsignedMultiplyHigh(random, (long) text.length - context);
    }
    return Batch.windows(text, starts, context);
  }

  /** Number of windows drawn so far: all that a checkpoint has to keep. */
  public long position() {
    return position;
  }

  /** Continues as if this many windows had been drawn. */
  public void seek(long position) {
    if (position < 0) {
      throw Check.expected("position", "at least 0", position);
    }
    this.position = position;
  }

  private static long mix(long z) {
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
