package io.tritter.kernel;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Working memory of each thread for one purpose: grown, kept, and full of what its last use left.
 * So a kernel allocates nothing once it has run at a size.
 */
final class Workspace {
  private static final int CACHE_LINE = 64;

  private final ThreadLocal<float[]> floats = ThreadLocal.withInitial(() -> new float[0]);
  private final ThreadLocal<long[]> longs = ThreadLocal.withInitial(() -> new long[0]);
  private final ThreadLocal<double[]> doubles = ThreadLocal.withInitial(() -> new double[0]);
  private final ThreadLocal<byte[]> bytes = ThreadLocal.withInitial(() -> new byte[0]);
  private final ThreadLocal<MemorySegment> memory =
      ThreadLocal.withInitial(() -> MemorySegment.NULL);

  /** At least {@code size} floats. */
  float[] floats(int size) {
    float[] held = floats.get();
    if (held.length < size) {
      held = new float[size];
      floats.set(held);
    }
    return held;
  }

  /** At least {@code size} longs. */
  long[] longs(int size) {
    long[] held = longs.get();
    if (held.length < size) {
      held = new long[size];
      longs.set(held);
    }
    return held;
  }

  /** At least {@code size} doubles. */
  double[] doubles(int size) {
    double[] held = doubles.get();
    if (held.length < size) {
      held = new double[size];
      doubles.set(held);
    }
    return held;
  }

  /** At least {@code size} bytes. */
  byte[] bytes(int size) {
    byte[] held = bytes.get();
    if (held.length < size) {
      held = new byte[size];
      bytes.set(held);
    }
    return held;
  }

  /** {@code kept} if it holds {@code size} floats, else a new array: for several in one object. */
  static float[] grown(float[] kept, int size) {
    return kept.length < size ? new float[size] : kept;
  }

  /** At least {@code bytes} of native memory. */
  MemorySegment memory(long bytes) {
    MemorySegment held = memory.get();
    if (held.byteSize() < bytes) {
      held = Arena.ofAuto().allocate(bytes, CACHE_LINE);
      memory.set(held);
    }
    return held;
  }

  /** Bytes of native memory that this thread holds. */
  long memoryBytes() {
    return memory.get().byteSize();
  }
}
