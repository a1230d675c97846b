package io.tritter.benchmarks.peers;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.function.Supplier;

/**
 * One way to compute an operation, with its inputs in place.
 *
 * @param name of the library
 * @param call computes the operation once
 * @param outputs what the last call has computed, to be compared with the other implementations
 */
record Implementation(String name, Runnable call, Supplier<List<MemorySegment>> outputs) {
  static final String OURS = "tritter";

  /** Ours, with outputs that stay where they are. */
  static List<Implementation> ours(Runnable call, MemorySegment... outputs) {
    return List.of(new Implementation(OURS, call, () -> List.of(outputs)));
  }
}
