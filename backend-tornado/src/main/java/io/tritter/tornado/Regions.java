package io.tritter.tornado;

import java.util.Map;
import java.util.TreeMap;

/**
 * Free and used parts of an array of the device: first fit, neighbours merge when they are freed.
 */
final class Regions {
  /** Parts begin at multiples of it: 128 bytes, what a device reads at a time. */
  private static final int GRAIN = 32;

  private final TreeMap<Integer, Integer> free = new TreeMap<>();
  private final TreeMap<Integer, Integer> used = new TreeMap<>();

  Regions(int size) {
    free.put(0, size - size % GRAIN);
  }

  /** The first of {@code elements} elements, or -1 where they do not fit. */
  synchronized int allocate(long elements) {
    long size = Math.max(1, Math.ceilDiv(elements, GRAIN)) * GRAIN;
    for (Map.Entry<Integer, Integer> part : free.entrySet()) {
      if (part.getValue() >= size) {
        return take(part.getKey(), part.getValue(), (int) size);
      }
    }
    return -1;
  }

  private int take(int at, int length, int size) {
    free.remove(at);
    if (length > size) {
      free.put(at + size, length - size);
    }
    used.put(at, size);
    return at;
  }

  /** Frees a part by its first element. */
  synchronized void free(int at) {
    Integer size = used.remove(at);
    if (size == null) {
      throw new IllegalArgumentException("at: expected the first element of a part, got " + at);
    }
    int from = at;
    int length = size;
    Map.Entry<Integer, Integer> before = free.lowerEntry(at);
    if (before != null && before.getKey() + before.getValue() == at) {
      from = before.getKey();
      length += before.getValue();
      free.remove(from);
    }
    Integer after = free.remove(at + size);
    free.put(from, after == null ? length : length + after);
  }

  /** Elements in use. */
  synchronized long used() {
    return used.values().stream().mapToLong(Integer::longValue).sum();
  }
}
