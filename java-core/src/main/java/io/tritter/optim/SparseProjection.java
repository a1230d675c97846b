package io.tritter.optim;

import io.tritter.tensor.Check;
import io.tritter.tensor.Tensor;

/**
 * Adds each of {@code size} numbers, with a random sign, to one of {@code buckets} buckets; read
 * back with the same sign, a bucket is an unbiased estimate of each of its numbers (count sketch,
 * Charikar et al., 2002).
 *
 * <p>Signs and buckets are hashed from the seed, the name and the position, so nothing is stored,
 * two names share no projection, and the cost is one addition a number. The mean of several buckets
 * a number would have the same variance, so there is one (k = 1). Buckets are shared fairly: each
 * run of {@code buckets} consecutive positions uses every bucket once, turned by a random offset.
 * Hence with as many buckets as numbers nothing is lost, and otherwise the expected squared error
 * is at most {@code |x|^2 size / buckets}.
 *
 * <p>Unbiased means over seeds: take another seed for each step, or feed the error back.
 *
 * @param size numbers before compression, at least 1
 * @param buckets numbers after it, 1 to {@code size}
 * @param name of the tensor; empty where there is only one
 */
public record SparseProjection(long size, int buckets, long seed, String name) {
  private static final long GOLDEN_GAMMA = 0x9E3779B97F4A7C15L;

  public SparseProjection {
    if (size < 1) {
      throw Check.expected("original_dim", "at least 1", size);
    }
    if (buckets < 1 || buckets > size) {
      throw Check.expected("compressed", "1 to " + size + " numbers", buckets);
    }
  }

  /**
   * A projection to {@code size * ratio} buckets, rounded, at least 1.
   *
   * @param ratio above 0, at most 1
   */
  public static SparseProjection ofRatio(long size, double ratio, long seed, String name) {
    if (!(ratio > 0 && ratio <= 1)) {
      throw Check.expected("compression_ratio", "a number above 0 and at most 1", ratio);
    }
    int buckets = Math.toIntExact(Math.max(1, Math.round(size * ratio)));
    return new SparseProjection(size, buckets, seed, name);
  }

  /**
   * The sketch of a tensor: linear, so the sketch of a sum is the sum of the sketches.
   *
   * @param x any shape of {@code size} elements
   * @return [buckets]
   * @throws IllegalArgumentException for another size, an infinite element or NaN
   */
  public Tensor compress(Tensor x) {
    requireSize("gradients", x, size);
    Tensor sketch = Tensor.zeros(buckets);
    long key = key();
    for (long start = 0; start < size; start += buckets) {
      long offset = offset(key, start);
      long end = Math.min(start + buckets, size);
      long turn = Math.min(start + buckets - offset, end);
      add(key, x, start, turn, sketch, offset);
      add(key, x, turn, end, sketch, 0);
    }
    requireFinite(sketch, x);
    return sketch;
  }

  /** What is not finite in {@code x} makes its bucket so, and there are fewer of those. */
  private static void requireFinite(Tensor sketch, Tensor x) {
    for (long b = 0; b < sketch.size(); b++) {
      if (!Float.isFinite(sketch.get(b))) {
        Check.finite("gradients", x);
        return; // large but finite numbers, whose sum is not
      }
    }
  }

  /**
   * The estimate of the numbers that a sketch was made of.
   *
   * @param sketch [buckets]
   * @param shape of {@code size} elements
   */
  public Tensor decompress(Tensor sketch, int... shape) {
    requireSize("compressed", sketch, buckets);
    Tensor x = Tensor.zeros(shape);
    requireSize("shape", x, size);
    long key = key();
    for (long start = 0; start < size; start += buckets) {
      long offset = offset(key, start);
      long end = Math.min(start + buckets, size);
      long turn = Math.min(start + buckets - offset, end);
      read(key, sketch, offset, x, start, turn);
      read(key, sketch, 0, x, turn, end);
    }
    return x;
  }

  private static void add(long key, Tensor x, long from, long to, Tensor sketch, long bucket) {
    long b = bucket;
    for (long i = from; i < to; ) {
      long signs = signs(key, i) >>> i; // shifts by i mod 64
      for (long end = Math.min(to, (i | 63) + 1); i < end; i++, b++, signs >>>= 1) {
        sketch.set(b, sketch.get(b) + flip(x.get(i), signs));
      }
    }
  }

  private static void read(long key, Tensor sketch, long bucket, Tensor x, long from, long to) {
    long b = bucket;
    for (long i = from; i < to; ) {
      long signs = signs(key, i) >>> i;
      for (long end = Math.min(to, (i | 63) + 1); i < end; i++, b++, signs >>>= 1) {
        x.set(i, flip(sketch.get(b), signs));
      }
    }
  }

  /** The bucket of position {@code start}, the first of a run. */
  private long offset(long key, long start) {
    long run = start / buckets;
    return Math.unsignedMultiplyHigh(mix(key + (2 * run + 1) * GOLDEN_GAMMA), buckets);
  }

  /** The signs of 64 positions, that of {@code position} in bit {@code position % 64}. */
  private static long signs(long key, long position) {
    return mix(key + (2 * (position >> 6) + 2) * GOLDEN_GAMMA);
  }

  /** {@code x}, or {@code -x} if the lowest bit is set. */
  private static float flip(float x, long bits) {
    return Float.intBitsToFloat(Float.floatToRawIntBits(x) ^ (int) bits << 31);
  }

  private long key() {
    long key = mix(seed);
    for (int i = 0; i < name.length(); i++) {
      key = mix(key + GOLDEN_GAMMA + name.charAt(i));
    }
    return key;
  }

  /** The finalizer of SplitMix64 (Steele et al., 2014; constants of Stafford's variant 13). */
  private static long mix(long z) {
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }

  private static void requireSize(String name, Tensor x, long size) {
    if (x.size() != size) {
      throw Check.expected(name, size + " numbers", x.size());
    }
  }
}
