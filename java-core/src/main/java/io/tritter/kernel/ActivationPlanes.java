package io.tritter.kernel;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Rows of int8 as bit planes: bit c%64 of {@code planes[(b * words + c/64) * 8 + p]} is bit p of
 * x[b, c] in two's complement, so that x is the sum of {@code 2^p * bit p}, bit 7 counting -128.
 */
final class ActivationPlanes {
  static final int PLANES = 8;

  /** Lowest bits of eight bytes, and the factor that gathers them in the top byte. */
  private static final long LOWEST_BITS = 0x0101_0101_0101_0101L;

  private static final long GATHER = 0x0102_0408_1020_4080L;

  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private static final ThreadLocal<ActivationPlanes> OF_THREAD =
      ThreadLocal.withInitial(ActivationPlanes::new);

  private long[] planes = new long[0];
  private byte[] row = new byte[0];

  private ActivationPlanes() {}

  /** The planes of rows first..first+count-1, in memory of the thread that its next call reuses. */
  static long[] of(MemorySegment x, int first, int count, int cols) {
    return OF_THREAD.get().load(x, first, count, cols);
  }

  private long[] load(MemorySegment x, int first, int count, int cols) {
    int words = Math.ceilDiv(cols, Long.SIZE);
    int size = Math.multiplyExact(Math.multiplyExact(count, words), PLANES);
    if (planes.length < size) {
      planes = new long[size];
    }
    if (row.length < words * Long.SIZE) {
      row = new byte[words * Long.SIZE];
    }
    Arrays.fill(row, cols, words * Long.SIZE, (byte) 0);
    for (int b = 0; b < count; b++) {
      MemorySegment.copy(x, Native.BYTE, (long) (first + b) * cols, row, 0, cols);
      transpose(row, words, planes, b * words * PLANES);
    }
    return planes;
  }

  private static void transpose(byte[] row, int words, long[] planes, int to) {
    for (int w = 0; w < words; w++) {
      for (int p = 0; p < PLANES; p++) {
        planes[to + w * PLANES + p] = 0;
      }
      for (int i = 0; i < Long.BYTES; i++) {
        long bytes = eight(row, w * Long.SIZE + i * Byte.SIZE);
        for (int p = 0; p < PLANES; p++) {
          planes[to + w * PLANES + p] |= plane(bytes, p) << (Byte.SIZE * i);
        }
      }
    }
  }

  /** Eight bytes, the first in the low bits. */
  static long eight(byte[] row, int at) {
    return (long) LONG.get(row, at);
  }

  /** Bit p of eight bytes, the bit of the first byte lowest. */
  static long plane(long bytes, int p) {
    return (((bytes >>> p) & LOWEST_BITS) * GATHER) >>> 56;
  }
}
