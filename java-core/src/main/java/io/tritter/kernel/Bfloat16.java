package io.tritter.kernel;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/** The upper 16 bits of a float32: its sign, its exponent, 7 bits of its fraction. */
final class Bfloat16 {
  /** The highest bit of the fraction, which makes a NaN quiet. */
  private static final int QUIET = 0x40;

  private Bfloat16() {}

  /** The nearest bfloat16, of two the even one; a NaN keeps its sign and its upper bits. */
  static short of(float x) {
    int bits = Float.floatToRawIntBits(x);
    int rounded = Float.isNaN(x) ? bits >>> 16 | QUIET : (bits + 0x7fff + (bits >>> 16 & 1)) >>> 16;
    return (short) rounded;
  }

  static float toFloat(short x) {
    return Float.intBitsToFloat(x << 16);
  }

  static void narrow(MemorySegment x, MemorySegment out, long n) {
    checkNarrow(x, out, n);
    narrow(x, out, 0, n);
  }

  private static void narrow(MemorySegment x, MemorySegment out, long from, long to) {
    for (long i = from; i < to; i++) {
      Native.setShort(out, i, of(Native.get(x, i)));
    }
  }

  static void widen(MemorySegment x, MemorySegment out, long n) {
    checkWiden(x, out, n);
    widen(x, out, 0, n);
  }

  /** As integers: a move of a float may make a NaN quiet. */
  private static void widen(MemorySegment x, MemorySegment out, long from, long to) {
    for (long i = from; i < to; i++) {
      Native.setInt(out, i, Native.getShort(x, i) << 16);
    }
  }

  private static void checkNarrow(MemorySegment x, MemorySegment out, long n) {
    Native.check("x", x, n, Float.BYTES);
    Native.check("out", out, n, Short.BYTES);
  }

  private static void checkWiden(MemorySegment x, MemorySegment out, long n) {
    Native.check("x", x, n, Short.BYTES);
    Native.check("out", out, n, Float.BYTES);
  }

  /** On vectors, and on all threads. */
  static final class Simd {
    private static final VectorSpecies<Float> F = FloatVector.SPECIES_PREFERRED;
    private static final VectorSpecies<Integer> I = IntVector.SPECIES_PREFERRED;

    /** As many shorts as a vector has floats. */
    private static final VectorSpecies<Short> S =
        VectorSpecies.of(short.class, VectorShape.forBitSize(F.vectorBitSize() / 2));

    private static final int L = F.length();
    private static final int PIECE = 1 << 14;

    private Simd() {}

    static void narrow(MemorySegment x, MemorySegment out, long n) {
      checkNarrow(x, out, n);
      Workers.pieces(n, PIECE, (from, to) -> narrow(x, out, from, to));
    }

    private static void narrow(MemorySegment x, MemorySegment out, long from, long to) {
      int bound = F.loopBound((int) (to - from));
      for (int i = 0; i < bound; i += L) {
        long at = from + i;
        IntVector bits = IntVector.fromMemorySegment(I, x, at << 2, Native.ORDER);
        IntVector upper = bits.lanewise(VectorOperators.LSHR, 16);
        IntVector rounded = bits.add(upper.and(1).add(0x7fff)).lanewise(VectorOperators.LSHR, 16);
        VectorMask<Integer> nan =
            bits.and(Integer.MAX_VALUE).compare(VectorOperators.GT, 0x7f800000);
        ((ShortVector) rounded.blend(upper.or(QUIET), nan).convertShape(VectorOperators.I2S, S, 0))
            .intoMemorySegment(out, at << 1, Native.ORDER);
      }
      Bfloat16.narrow(x, out, from + bound, to);
    }

    static void widen(MemorySegment x, MemorySegment out, long n) {
      checkWiden(x, out, n);
      Workers.pieces(n, PIECE, (from, to) -> widen(x, out, from, to));
    }

    private static void widen(MemorySegment x, MemorySegment out, long from, long to) {
      int bound = F.loopBound((int) (to - from));
      for (int i = 0; i < bound; i += L) {
        long at = from + i;
        ((IntVector)
                ShortVector.fromMemorySegment(S, x, at << 1, Native.ORDER)
                    .convertShape(VectorOperators.S2I, I, 0))
            .lanewise(VectorOperators.LSHL, 16)
            .intoMemorySegment(out, at << 2, Native.ORDER);
      }
      Bfloat16.widen(x, out, from + bound, to);
    }

    /** Elements {@code from..from+n-1} as floats, from {@code out[at]} on. */
    static void widen(MemorySegment x, long from, int n, float[] out, int at) {
      int bound = F.loopBound(n);
      for (int i = 0; i < bound; i += L) {
        ((IntVector)
                ShortVector.fromMemorySegment(S, x, (from + i) << 1, Native.ORDER)
                    .convertShape(VectorOperators.S2I, I, 0))
            .lanewise(VectorOperators.LSHL, 16)
            .reinterpretAsFloats()
            .intoArray(out, at + i);
      }
      for (int i = bound; i < n; i++) {
        out[at + i] = toFloat(Native.getShort(x, from + i));
      }
    }
  }
}
