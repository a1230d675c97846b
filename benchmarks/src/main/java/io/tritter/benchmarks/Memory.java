package io.tritter.benchmarks;

import io.tritter.tensor.NativeMemory;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.SplittableRandom;

/** Native memory with numbers that are the same in every run. */
public final class Memory {
  private static final long SEED = 4;

  private Memory() {}

  /** Zeros, float32 or int32. */
  public static MemorySegment words(long n) {
    return NativeMemory.allocate(n * Integer.BYTES);
  }

  /** Zeros, int8. */
  public static MemorySegment bytes(long n) {
    return NativeMemory.allocate(n);
  }

  /** Normally distributed float32. */
  public static MemorySegment normal(long n) {
    SplittableRandom random = new SplittableRandom(SEED);
    MemorySegment s = words(n);
    for (long i = 0; i < n; i++) {
      s.setAtIndex(ValueLayout.JAVA_FLOAT, i, (float) random.nextGaussian());
    }
    return s;
  }

  /** Int8 from -127 to 127. */
  public static MemorySegment integers(long n) {
    SplittableRandom random = new SplittableRandom(SEED);
    MemorySegment s = bytes(n);
    for (long i = 0; i < n; i++) {
      s.set(ValueLayout.JAVA_BYTE, i, (byte) random.nextInt(-127, 128));
    }
    return s;
  }

  /** Int32 from 0 to {@code bound - 1}. */
  public static MemorySegment ids(long n, int bound) {
    SplittableRandom random = new SplittableRandom(SEED);
    MemorySegment s = words(n);
    for (long i = 0; i < n; i++) {
      s.setAtIndex(ValueLayout.JAVA_INT, i, random.nextInt(bound));
    }
    return s;
  }

  /**
   * Trits of 2 bits, four a byte, each row from a byte on, as {@link
   * io.tritter.kernel.Kernels#ternaryLayout} reads them.
   *
   * @param zeros share of the trits that are 0
   */
  public static MemorySegment packedTrits(int rows, int cols, double zeros) {
    SplittableRandom random = new SplittableRandom(SEED);
    int rowBytes = (cols + 3) / 4;
    MemorySegment s = bytes((long) rows * rowBytes);
    for (int r = 0; r < rows; r++) {
      for (int c = 0; c < cols; c++) {
        int code = random.nextDouble() < zeros ? 0 : 1 + random.nextInt(2);
        long at = (long) r * rowBytes + c / 4;
        s.set(
            ValueLayout.JAVA_BYTE,
            at,
            (byte) (s.get(ValueLayout.JAVA_BYTE, at) | code << (c % 4 * 2)));
      }
    }
    return s;
  }

  /**
   * A plus and a minus plane of {@code dim} trits.
   *
   * @param seed so that two vectors differ
   */
  public static long[][] planes(int dim, long seed) {
    return planes(1, dim, seed);
  }

  /** A plus and a minus plane of a matrix of trits, each row from a word on. */
  public static long[][] planes(int rows, int cols, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    int words = Math.ceilDiv(cols, Long.SIZE);
    long[][] planes = new long[2][rows * words];
    for (int r = 0; r < rows; r++) {
      for (int c = 0; c < cols; c++) {
        int plane = random.nextInt(3);
        if (plane < 2) {
          planes[plane][r * words + c / Long.SIZE] |= 1L << c;
        }
      }
    }
    return planes;
  }
}
