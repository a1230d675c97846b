package io.tritter.tornado;

import java.lang.foreign.MemorySegment;

/**
 * The check that every kernel makes before it writes anything; the messages are those of the CPU.
 */
final class Memory {
  private Memory() {}

  static void check(String name, MemorySegment s, long elements, int elementBytes) {
    if (!s.isNative()) {
      throw new IllegalArgumentException(name + ": expected native memory, got a heap segment");
    }
    if (s.byteSize() < elements * elementBytes) {
      throw new IllegalArgumentException(
          "%s: expected at least %d bytes, got %d"
              .formatted(name, elements * elementBytes, s.byteSize()));
    }
  }

  /** {@link #check} for float32. */
  static void check(String name, MemorySegment s, long elements) {
    check(name, s, elements, Float.BYTES);
  }
}
