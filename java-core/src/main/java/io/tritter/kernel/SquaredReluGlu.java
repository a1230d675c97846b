package io.tritter.kernel;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** {@link Kernels#squaredReluGlu}; both forms round the same way, so they agree bit for bit. */
final class SquaredReluGlu {
  private SquaredReluGlu() {}

  static void run(MemorySegment gate, MemorySegment up, MemorySegment out, long n) {
    Gate.check(gate, up, "out", out, n);
    part(gate, up, out, 0, n);
  }

  static void backward(
      MemorySegment gate,
      MemorySegment up,
      MemorySegment dout,
      MemorySegment dgate,
      MemorySegment dup,
      long n) {
    Gate.checkBackward(gate, up, dout, dgate, dup, n);
    backwardPart(gate, up, dout, dgate, dup, 0, n);
  }

  private static void part(
      MemorySegment gate, MemorySegment up, MemorySegment out, long from, long to) {
    for (long i = from; i < to; i++) {
      float r = Math.max(Native.get(gate, i), 0f);
      Native.set(out, i, r * r * Native.get(up, i));
    }
  }

  private static void backwardPart(
      MemorySegment gate,
      MemorySegment up,
      MemorySegment dout,
      MemorySegment dgate,
      MemorySegment dup,
      long from,
      long to) {
    for (long i = from; i < to; i++) {
      float r = Math.max(Native.get(gate, i), 0f);
      float u = Native.get(up, i);
      float d = Native.get(dout, i);
      Native.set(dgate, i, 2f * r * u * d);
      Native.set(dup, i, r * r * d);
    }
  }

  /** On vectors. */
  static final class Simd {
    private static final VectorSpecies<Float> F = FloatVector.SPECIES_PREFERRED;
    private static final int PIECE = 1 << 14;

    private Simd() {}

    static void run(MemorySegment gate, MemorySegment up, MemorySegment out, long n) {
      Gate.check(gate, up, "out", out, n);
      Workers.pieces(n, PIECE, (from, to) -> piece(gate, up, out, from, to));
    }

    static void backward(
        MemorySegment gate,
        MemorySegment up,
        MemorySegment dout,
        MemorySegment dgate,
        MemorySegment dup,
        long n) {
      Gate.checkBackward(gate, up, dout, dgate, dup, n);
      Workers.pieces(n, PIECE, (from, to) -> backPiece(gate, up, dout, dgate, dup, from, to));
    }

    private static void piece(
        MemorySegment gate, MemorySegment up, MemorySegment out, long from, long to) {
      int bound = F.loopBound((int) (to - from));
      for (int i = 0; i < bound; i += F.length()) {
        long at = (from + i) << 2;
        FloatVector r = load(gate, at).max(0f);
        r.mul(r).mul(load(up, at)).intoMemorySegment(out, at, Native.ORDER);
      }
      part(gate, up, out, from + bound, to);
    }

    private static void backPiece(
        MemorySegment gate,
        MemorySegment up,
        MemorySegment dout,
        MemorySegment dgate,
        MemorySegment dup,
        long from,
        long to) {
      int bound = F.loopBound((int) (to - from));
      for (int i = 0; i < bound; i += F.length()) {
        long at = (from + i) << 2;
        FloatVector r = load(gate, at).max(0f);
        FloatVector u = load(up, at);
        FloatVector d = load(dout, at);
        r.mul(2f).mul(u).mul(d).intoMemorySegment(dgate, at, Native.ORDER);
        r.mul(r).mul(d).intoMemorySegment(dup, at, Native.ORDER);
      }
      backwardPart(gate, up, dout, dgate, dup, from + bound, to);
    }

    private static FloatVector load(MemorySegment s, long at) {
      return FloatVector.fromMemorySegment(F, s, at, Native.ORDER);
    }
  }
}
