package io.tritter.optim;

import io.tritter.kernel.Kernels;
import io.tritter.tensor.Check;
import io.tritter.tensor.Tensor;
import java.lang.foreign.MemorySegment;

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
  /** Positions whose signs are hashed at a time. */
  private static final int CHUNK = 4096;

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
    checkRatio(ratio);
    int buckets = Math.toIntExact(Math.max(1, Math.round(size * ratio)));
    return new SparseProjection(size, buckets, seed, name);
  }

  /** Refuses a ratio that is not above 0 and at most 1. */
  static void checkRatio(double ratio) {
    if (!(ratio > 0 && ratio <= 1)) {
      throw Check.expected("compression_ratio", "a number above 0 and at most 1", ratio);
    }
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
    long[] flips = new long[CHUNK / Long.SIZE];
    for (long i = from; i < to; i += CHUNK) {
      int n = (int) Math.min(CHUNK, to - i);
      addFlipped(x, i, flips(key, i, n, flips), sketch, bucket + i - from, n);
    }
  }

  private static void read(long key, Tensor sketch, long bucket, Tensor x, long from, long to) {
    long[] flips = new long[CHUNK / Long.SIZE];
    for (long i = from; i < to; i += CHUNK) {
      int n = (int) Math.min(CHUNK, to - i);
      addFlipped(sketch, bucket + i - from, flips(key, i, n, flips), x, i, n);
    }
  }

  private static void addFlipped(
      Tensor x, long firstX, long[] flips, Tensor y, long firstY, int n) {
    Kernels.active().addFlipped(part(x, firstX, n), flips, part(y, firstY, n), n);
  }

  private static MemorySegment part(Tensor x, long first, int n) {
    return x.data().asSlice(first * Float.BYTES, (long) n * Float.BYTES);
  }

  /** Bits for positions {@code from..from+n-1}, that of the first one lowest. */
  private static long[] flips(long key, long from, int n, long[] flips) {
    long low = signs(key, from);
    int shift = (int) (from & 63);
    for (int i = 0; i < Math.ceilDiv(n, Long.SIZE); i++) {
      long high = shift == 0 ? 0 : signs(key, from + 64L * (i + 1));
      flips[i] = shift == 0 ? signs(key, from + 64L * i) : low >>> shift | high << -shift;
      low = high;
    }
    return flips;
  }

  /** The bucket of position {@code start}, the first of a run. */
  private long offset(long key, long start) {
    long run = start / buckets;
    return Math.unsignedMultiplyHigh(SplitMix.at(key, 2 * run + 1), buckets);
  }

  /** The signs of 64 positions, that of {@code position} in bit {@code position % 64}. */
  private static long signs(long key, long position) {
    return SplitMix.at(key, 2 * (position >> 6) + 2);
  }

  private long key() {
    return SplitMix.key(seed, name);
  }

  private static void requireSize(String name, Tensor x, long size) {
    if (x.size() != size) {
      throw Check.expected(name, size + " numbers", x.size());
    }
  }
}
