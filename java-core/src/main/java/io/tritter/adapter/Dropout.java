package io.tritter.adapter;

import io.tritter.kernel.Workers;
import io.tritter.tensor.Tensor;

/**
 * {@code out = x * keep / (1 - share)} with a random {@code keep} of zeros and ones (Srivastava et
 * al., 2014), which is a function of the seed and the place: backward draws the same one again.
 *
 * @param share of zeros
 */
record Dropout(float share, long seed) {
  /** Elements of a task. */
  private static final int TILE = 1 << 14;

  private static final long GOLDEN = 0x9E3779B97F4A7C15L;

  void apply(Tensor x, Tensor out) {
    run(x, out, false);
  }

  /** Backward of {@link #apply}: {@code dx += dout * keep / (1 - share)}. */
  void backward(Tensor dout, Tensor dx) {
    run(dout, dx, true);
  }

  private void run(Tensor x, Tensor out, boolean add) {
    long size = x.size();
    float factor = 1 / (1 - share);
    Workers.run(
        Math.toIntExact(Math.ceilDiv(size, (long) TILE)),
        tile -> {
          long last = Math.min(size, (tile + 1L) * TILE);
          for (long i = (long) tile * TILE; i < last; i++) {
            float kept = keeps(i) ? x.get(i) * factor : 0;
            out.set(i, add ? out.get(i) + kept : kept);
          }
        });
  }

  /** By 24 bits of SplitMix64 (Steele et al., 2014). */
  private boolean keeps(long i) {
    long z = seed + i * GOLDEN;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return ((z ^ (z >>> 31)) >>> 40) * 0x1p-24f >= share;
  }
}
