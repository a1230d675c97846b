package io.tritter.benchmarks.peers;

import io.tritter.tensor.NativeMemory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * An operation to prepare: its sizes, and the folder with its inputs.
 *
 * @param folder input i is {@code i.bin}, output i of an implementation {@code NAME-i.bin}
 */
record Request(String operation, Path folder, Map<String, Integer> sizes) {
  /** Parses {@code OPERATION FOLDER NAME=INTEGER ...}. */
  static Request parse(List<String> words) {
    Map<String, Integer> sizes = new HashMap<>();
    for (String word : words.subList(2, words.size())) {
      int equals = word.indexOf('=');
      sizes.put(word.substring(0, equals), Integer.valueOf(word.substring(equals + 1)));
    }
    return new Request(words.get(0), Path.of(words.get(1)), sizes);
  }

  int size(String name) {
    Integer value = sizes.get(name);
    if (value == null) {
      throw new IllegalArgumentException(name + ": expected a size, got none");
    }
    return value;
  }

  boolean flag(String name) {
    return size(name) != 0;
  }

  /** Input {@code i} in native memory. */
  MemorySegment input(int i) {
    byte[] bytes = bytes(i);
    MemorySegment input = NativeMemory.allocate(bytes.length);
    MemorySegment.copy(bytes, 0, input, ValueLayout.JAVA_BYTE, 0, bytes.length);
    return input;
  }

  byte[] bytes(int i) {
    try {
      return Files.readAllBytes(folder.resolve(i + ".bin"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  int[] integers(int i) {
    return input(i).toArray(ValueLayout.JAVA_INT);
  }

  void write(Implementation implementation) throws IOException {
    int i = 0;
    for (MemorySegment output : implementation.outputs().get()) {
      Files.write(
          folder.resolve(implementation.name() + "-" + i++ + ".bin"),
          output.toArray(ValueLayout.JAVA_BYTE));
    }
  }
}
