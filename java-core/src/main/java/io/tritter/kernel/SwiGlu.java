package io.tritter.kernel;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** {@link Kernels#swiglu}; with s = sigmoid(gate), {@code d silu = s * (1 + gate * (1 - s))}. */
final class SwiGlu {
  private SwiGlu() {}

  static void run(MemorySegment gate, MemorySegment up, MemorySegment out, long n) {
    Gate.check(gate, up, "out", out, n);
    part(gate, up, out, 0, n);
  }

  private static void part(
      MemorySegment gate, MemorySegment up, MemorySegment out, long from, long to) {
    for (long i = from; i < to; i++) {
      float g = Native.get(gate, i);
      Native.set(out, i, g * sigmoid(g) * Native.get(up, i));
    }
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

  private static void backwardPart(
      MemorySegment gate,
      MemorySegment up,
      MemorySegment dout,
      MemorySegment dgate,
      MemorySegment dup,
      long from,
      long to) {
    for (long i = from; i < to; i++) {
      float g = Native.get(gate, i);
      float d = Native.get(dout, i);
      float u = Native.get(up, i);
      float s = sigmoid(g);
      Native.set(dgate, i, d * u * s * (1 + g * (1 - s)));
      Native.set(dup, i, d * g * s);
    }
  }

  private static float sigmoid(float x) {
    return (float) (1 / (1 + Math.exp(-x)));
  }

  /** On vectors. */
  static final class Simd {
    private static final VectorSpecies<Float> F = FloatVector.SPECIES_PREFERRED;
    private static final int PIECE = 1 << 13;

    private Simd() {}

    static void run(MemorySegment gate, MemorySegment up, MemorySegment out, long n) {
      Gate.check(gate, up, "out", out, n);
      Workers.pieces(n, PIECE, (from, to) -> piece(gate, up, out, from, to));
    }

    private static void piece(
        MemorySegment gate, MemorySegment up, MemorySegment out, long from, long to) {
      int bound = F.loopBound((int) (to - from));
      for (int i = 0; i < bound; i += F.length()) {
        long at = (from + i) << 2;
        FloatVector g = load(gate, at);
        g.mul(sigmoid(g)).mul(load(up, at)).intoMemorySegment(out, at, Native.ORDER);
      }
      part(gate, up, out, from + bound, to);
    }

    static void backward(
        MemorySegment gate,
        MemorySegment up,
        MemorySegment dout,
        MemorySegment dgate,
        MemorySegment dup,
        long n) {
      Gate.checkBackward(gate, up, dout, dgate, dup, n);
      Workers.pieces(n, PIECE, (from, to) -> backwardPiece(gate, up, dout, dgate, dup, from, to));
    }

    private static void backwardPiece(
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
        FloatVector g = load(gate, at);
        FloatVector d = load(dout, at);
        FloatVector s = sigmoid(g);
        FloatVector slope = s.mul(g.mul(s.neg().add(1)).add(1));
        FloatVector dg = d.mul(load(up, at)).mul(slope);
        d.mul(g).mul(s).intoMemorySegment(dup, at, Native.ORDER);
        dg.intoMemorySegment(dgate, at, Native.ORDER);
      }
      backwardPart(gate, up, dout, dgate, dup, from + bound, to);
    }

    /** With e = exp(-|x|), which cannot overflow: 1 / (1 + e), or e / (1 + e) for negative x. */
    private static FloatVector sigmoid(FloatVector x) {
      FloatVector e = Exp.Simd.natural(x.abs().neg());
      return e.blend(1, x.compare(VectorOperators.GE, 0)).div(e.add(1));
    }

    private static FloatVector load(MemorySegment s, long at) {
      return FloatVector.fromMemorySegment(F, s, at, Native.ORDER);
    }
  }
}
