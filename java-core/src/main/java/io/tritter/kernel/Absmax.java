package io.tritter.kernel;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;
import org.jspecify.annotations.Nullable;

/**
 * Absmax quantization of each row: {@code s = max / max(|x|max, 1e-5)}, {@code q = roundHalfEven(x
 * * s)} with max = 2^(bits-1)-1 (Ma et al., 2024, BitNet b1.58, equation 4).
 *
 * <p>|x| <= |x|max, so |x * s| exceeds max by rounding at most and the clamp of the definition has
 * nothing to do. A NaN or an infinity makes the row's scale NaN or 0, hence its products NaN.
 */
final class Absmax {
  private static final float FLOOR = 1e-5f;
  static final int ABS_BITS = 0x7fffffff;

  /** Adding and subtracting 1.5 * 2^23 rounds |v| < 2^22 to the nearest integer, half to even. */
  static final float ROUND = 0x1.8p23f;

  private Absmax() {}

  static void run(
      MemorySegment x, MemorySegment q, MemorySegment inverseScales, int rows, int cols, int bits) {
    check(x, q, inverseScales, rows, cols, bits);
    for (int r = 0; r < rows; r++) {
      long row = (long) r * cols;
      float s = scale(largestBits(x, row, 0, cols, 0), bits);
      Native.set(inverseScales, r, 1f / s);
      round(x, q, row, 0, cols, s);
    }
  }

  static void check(
      MemorySegment x, MemorySegment q, MemorySegment inverseScales, int rows, int cols, int bits) {
    if (bits < 2 || bits > 8) {
      throw new IllegalArgumentException("bits: expected 2 to 8, got " + bits);
    }
    Native.check("x", x, (long) rows * cols);
    Native.check("q", q, (long) rows * cols, Byte.BYTES);
    Native.check("inverseScales", inverseScales, rows);
  }

  /**
   * Largest |x| as bits: those of non-negative floats are ordered as integers, with NaN on top, so
   * integer comparison is exact, cheap and keeps a NaN.
   */
  private static int largestBits(MemorySegment x, long row, int from, int cols, int largest) {
    for (int c = from; c < cols; c++) {
      largest = Math.max(largest, Float.floatToRawIntBits(Native.get(x, row + c)) & ABS_BITS);
    }
    return largest;
  }

  private static void round(
      MemorySegment x, MemorySegment q, long row, int from, int cols, float s) {
    for (int c = from; c < cols; c++) {
      Native.setByte(q, row + c, (byte) Math.rint(Native.get(x, row + c) * s));
    }
  }

  /** {@code s} of a row whose largest magnitude has these bits. */
  static float scale(int largestBits, int bits) {
    return ((1 << (bits - 1)) - 1) / Math.max(Float.intBitsToFloat(largestBits), FLOOR);
  }

  /** On vectors. */
  static final class Simd {
    private static final VectorSpecies<Float> F = FloatVector.SPECIES_PREFERRED;

    private static final int TASK_ELEMENTS = 1 << 14;

    private static final @Nullable VectorSpecies<Byte> B = Lanes.BYTES;

    private Simd() {}

    static void run(
        MemorySegment x,
        MemorySegment q,
        MemorySegment inverseScales,
        int rows,
        int cols,
        int bits) {
      check(x, q, inverseScales, rows, cols, bits);
      int rowsPerTask = rowsPerTask(cols);
      Workers.run(
          (rows + rowsPerTask - 1) / rowsPerTask,
          task -> {
            for (int r = task * rowsPerTask; r < Math.min(rows, (task + 1) * rowsPerTask); r++) {
              long row = (long) r * cols;
              float s = scale(largest(x, row, cols), bits);
              Native.set(inverseScales, r, 1f / s);
              round(x, q, row, cols, s);
            }
          });
    }

    private static int rowsPerTask(int cols) {
      return Math.max(1, TASK_ELEMENTS / Math.max(1, cols));
    }

    private static int largest(MemorySegment x, long row, int cols) {
      int step = 2 * F.length();
      int bound = cols - cols % step;
      IntVector even = IntVector.zero(IntVector.SPECIES_PREFERRED);
      IntVector odd = even;
      for (int c = 0; c < bound; c += step) {
        even = even.max(absBits(x, row + c));
        odd = odd.max(absBits(x, row + c + F.length()));
      }
      return largestBits(x, row, bound, cols, even.max(odd).reduceLanes(VectorOperators.MAX));
    }

    private static IntVector absBits(MemorySegment x, long index) {
      return FloatVector.fromMemorySegment(F, x, index << 2, Native.ORDER)
          .reinterpretAsInts()
          .and(ABS_BITS);
    }

    private static void round(MemorySegment x, MemorySegment q, long row, int cols, float s) {
      int bound = B == null ? 0 : F.loopBound(cols);
      for (int c = 0; c < bound; c += F.length()) {
        FloatVector v = FloatVector.fromMemorySegment(F, x, (row + c) << 2, Native.ORDER);
        v.mul(s)
            .add(ROUND)
            .sub(ROUND)
            .convertShape(VectorOperators.F2B, B, 0)
            .intoMemorySegment(q, row + c, Native.ORDER);
      }
      Absmax.round(x, q, row, bound, cols, s);
    }
  }
}
