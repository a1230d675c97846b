package io.tritter.kernel;

import java.lang.foreign.MemorySegment;

/** What the gated units refuse: {@link SwiGlu}, {@link SquaredReluGlu}. */
final class Gate {
  private Gate() {}

  static void check(MemorySegment gate, MemorySegment up, String name, MemorySegment out, long n) {
    Native.check("gate", gate, n);
    Native.check("up", up, n);
    Native.check(name, out, n);
  }

  static void checkBackward(
      MemorySegment gate,
      MemorySegment up,
      MemorySegment dout,
      MemorySegment dgate,
      MemorySegment dup,
      long n) {
    check(gate, up, "dout", dout, n);
    Native.check("dgate", dgate, n);
    Native.check("dup", dup, n);
  }
}
