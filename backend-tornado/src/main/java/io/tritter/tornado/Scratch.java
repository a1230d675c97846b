package io.tritter.tornado;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;

/** Memory on the device for one computation, and what is done with it; closing frees it. */
final class Scratch implements AutoCloseable {
  private final Device device;
  private final List<Integer> floats = new ArrayList<>();
  private final List<Integer> ints = new ArrayList<>();

  Scratch(Device device) {
    this.device = device;
  }

  /** Room for float32, whatever was there before. */
  int floats(long elements) {
    int at = device.floatRegions().allocate(elements);
    floats.add(check(at, elements, "float32"));
    return at;
  }

  /** Room for int32. */
  int ints(long elements) {
    int at = device.intRegions().allocate(elements);
    ints.add(check(at, elements, "int32"));
    return at;
  }

  private static int check(int at, long elements, String type) {
    if (at < 0) {
      throw new OutOfDeviceMemoryException(
          "%s: expected room for %d elements of %s on the device, there is none in one piece"
              .formatted(Device.MEMORY, elements, type));
    }
    return at;
  }

  /** Room with the numbers of a segment. */
  int write(MemorySegment from, long elements) {
    int at = floats(elements);
    device.write(true, at, from, elements);
    return at;
  }

  /** Room with the integers of a segment. */
  int writeInts(MemorySegment from, long elements) {
    int at = ints(elements);
    device.write(false, at, from, elements);
    return at;
  }

  /** Room with the halves of words, the low one first. */
  int writeLongs(long[] words) {
    int at = ints(2L * words.length);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment copy = arena.allocate(8L * words.length, 8);
      MemorySegment.copy(words, 0, copy, ValueLayout.JAVA_LONG, 0, words.length);
      device.write(false, at, copy, 2L * words.length);
    }
    return at;
  }

  /** Room with rows of bytes, each filled up with zeros to whole words of four. */
  int writeRows(MemorySegment from, int rows, int rowBytes, int rowWords) {
    int at = ints((long) rows * rowWords);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment copy = arena.allocate(4L * rows * rowWords, 8);
      for (long r = 0; r < rows; r++) {
        MemorySegment.copy(from, r * rowBytes, copy, 4 * r * rowWords, rowBytes);
      }
      device.write(false, at, copy, (long) rows * rowWords);
    }
    return at;
  }

  void run(Launch launch) {
    device.run(launch);
  }

  void read(int from, MemorySegment to, long elements) {
    device.read(true, from, to, elements);
  }

  void readInts(int from, MemorySegment to, long elements) {
    device.read(false, from, to, elements);
  }

  /** Rows of bytes, each of which fills whole words of four on the device. */
  void readRows(int from, MemorySegment to, int rows, int rowBytes, int rowWords) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment copy = arena.allocate(4L * rows * rowWords, 8);
      readInts(from, copy, (long) rows * rowWords);
      for (long r = 0; r < rows; r++) {
        MemorySegment.copy(copy, 4 * r * rowWords, to, r * rowBytes, rowBytes);
      }
    }
  }

  /** Words of which {@link #writeLongs} made halves. */
  void readLongs(int from, long[] words) {
    MemorySegment to = MemorySegment.ofArray(words);
    device.read(false, from, to, 2L * words.length);
  }

  @Override
  public void close() {
    floats.forEach(device.floatRegions()::free);
    ints.forEach(device.intRegions()::free);
  }
}
