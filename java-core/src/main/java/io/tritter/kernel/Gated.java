package io.tritter.kernel;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** {@link Kernels#gated}: {@code dgate = dout * up * f'(gate)}, {@code dup = dout * f(gate)}. */
final class Gated {
  private Gated() {}

  static void run(Activation f, MemorySegment gate, MemorySegment up, MemorySegment out, long n) {
    check(gate, up, "out", out, n);
    for (long i = 0; i < n; i++) {
      Native.set(out, i, f.value(Native.get(gate, i)) * Native.get(up, i));
    }
  }

  static void backward(
      Activation f,
      MemorySegment gate,
      MemorySegment up,
      MemorySegment dout,
      MemorySegment dgate,
      MemorySegment dup,
      long n) {
    checkBackward(gate, up, dout, dgate, dup, n);
    for (long i = 0; i < n; i++) {
      float g = Native.get(gate, i);
      float d = Native.get(dout, i);
      float u = Native.get(up, i);
      Native.set(dgate, i, d * u * f.slope(g));
      Native.set(dup, i, d * f.value(g));
    }
  }

  private static void check(
      MemorySegment gate, MemorySegment up, String name, MemorySegment out, long n) {
    Native.check("gate", gate, n);
    Native.check("up", up, n);
    Native.check(name, out, n);
  }

  private static void checkBackward(
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

  /** On vectors: a block of gates goes through the activation, then meets the rest. */
  static final class Simd {
    private static final VectorSpecies<Float> F = FloatVector.SPECIES_PREFERRED;
    private static final int BLOCK = Activation.Simd.BLOCK;
    private static final int PIECE = 8 * BLOCK;
    private static final Workspace VALUES = new Workspace();
    private static final Workspace SLOPES = new Workspace();

    private Simd() {}

    static void run(Activation f, MemorySegment gate, MemorySegment up, MemorySegment out, long n) {
      check(gate, up, "out", out, n);
      Workers.pieces(
          n,
          PIECE,
          (from, to) -> {
            float[] value = VALUES.floats(BLOCK);
            for (long at = from; at < to; at += BLOCK) {
              int size = (int) Math.min(BLOCK, to - at);
              load(gate, at, value, size);
              Activation.Simd.values(f, value, value, size);
              block(value, up, out, at, size);
            }
          });
    }

    private static void block(
        float[] value, MemorySegment up, MemorySegment out, long from, int n) {
      int bound = F.loopBound(n);
      for (int i = 0; i < bound; i += F.length()) {
        long at = (from + i) << 2;
        load(value, i).mul(load(up, at)).intoMemorySegment(out, at, Native.ORDER);
      }
      for (int i = bound; i < n; i++) {
        Native.set(out, from + i, value[i] * Native.get(up, from + i));
      }
    }

    static void backward(
        Activation f,
        MemorySegment gate,
        MemorySegment up,
        MemorySegment dout,
        MemorySegment dgate,
        MemorySegment dup,
        long n) {
      checkBackward(gate, up, dout, dgate, dup, n);
      Workers.pieces(
          n,
          PIECE,
          (from, to) -> {
            float[] value = VALUES.floats(BLOCK);
            float[] slope = SLOPES.floats(BLOCK);
            for (long at = from; at < to; at += BLOCK) {
              int size = (int) Math.min(BLOCK, to - at);
              load(gate, at, value, size);
              Activation.Simd.slopes(f, value, value, slope, size);
              blockBackward(value, slope, up, dout, dgate, dup, at, size);
            }
          });
    }

    private static void blockBackward(
        float[] value,
        float[] slope,
        MemorySegment up,
        MemorySegment dout,
        MemorySegment dgate,
        MemorySegment dup,
        long from,
        int n) {
      int bound = F.loopBound(n);
      for (int i = 0; i < bound; i += F.length()) {
        long at = (from + i) << 2;
        FloatVector d = load(dout, at);
        FloatVector dg = d.mul(load(up, at)).mul(load(slope, i));
        d.mul(load(value, i)).intoMemorySegment(dup, at, Native.ORDER);
        dg.intoMemorySegment(dgate, at, Native.ORDER);
      }
      for (int i = bound; i < n; i++) {
        float d = Native.get(dout, from + i);
        float dg = d * Native.get(up, from + i) * slope[i];
        Native.set(dup, from + i, d * value[i]);
        Native.set(dgate, from + i, dg);
      }
    }

    /** A block in an array, with zeros up to a whole vector. */
    private static void load(MemorySegment s, long from, float[] block, int n) {
      MemorySegment.copy(s, Native.FLOAT, from << 2, block, 0, n);
      if (n < BLOCK) {
        Arrays.fill(block, n, BLOCK, 0f);
      }
    }

    private static FloatVector load(float[] x, int i) {
      return FloatVector.fromArray(F, x, i);
    }

    private static FloatVector load(MemorySegment s, long at) {
      return FloatVector.fromMemorySegment(F, s, at, Native.ORDER);
    }
  }
}
