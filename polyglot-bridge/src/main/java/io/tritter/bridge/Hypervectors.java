package io.tritter.bridge;

import io.tritter.tensor.Check;
import io.tritter.ternary.PackedTrits;
import io.tritter.vsa.Hypervector;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Hypervectors in the memory of Python: int8 trits [dim]. */
final class Hypervectors {
  private final Memory memory;

  Hypervectors(Memory memory) {
    this.memory = memory;
  }

  Hypervector read(String name, long address, long size) {
    MemorySegment trits = memory.segment(name, address, size);
    try {
      return Hypervector.of(PackedTrits.of(trits.toArray(ValueLayout.JAVA_BYTE)));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(name + ": " + e.getMessage(), e);
    }
  }

  /** Several; the same memory, as of a letter of a text, is read once. */
  List<Hypervector> read(String name, long[] addresses, long[] sizes) {
    Map<Long, Hypervector> known = new HashMap<>();
    List<Hypervector> vectors = new ArrayList<>();
    for (int i = 0; i < addresses.length; i++) {
      Hypervector vector = known.get(addresses[i]);
      if (vector == null || vector.dim() != sizes[i]) {
        vector = read(name + "[" + i + "]", addresses[i], sizes[i]);
        known.put(addresses[i], vector);
      }
      vectors.add(vector);
    }
    return vectors;
  }

  void write(Hypervector vector, long target, long size) {
    byte[] trits = vector.trits().toInt8();
    if (trits.length != size) {
      throw Check.expected("output", trits.length + " trits", size);
    }
    memory.segment("output", target, size).copyFrom(MemorySegment.ofArray(trits));
  }
}
