package io.tritter.kernel;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;
import org.jspecify.annotations.Nullable;

/** {@link EncodedKernels#encodeInt8}, and the way back. */
final class Int8 {
  private static final float MOST = 127f;

  private Int8() {}

  static void encode(
      MemorySegment x, MemorySegment codes, MemorySegment absmax, int rows, int cols) {
    check(x, codes, absmax, rows, cols);
    for (int r = 0; r < rows; r++) {
      encodeRow(x, codes, absmax, r, cols);
    }
  }

  private static void check(
      MemorySegment x, MemorySegment codes, MemorySegment absmax, int rows, int cols) {
    Native.check("x", x, (long) rows * cols);
    Native.check("codes", codes, (long) rows * cols, Byte.BYTES);
    Native.check("absmax", absmax, rows);
  }

  private static void encodeRow(
      MemorySegment x, MemorySegment codes, MemorySegment absmax, long r, int cols) {
    long row = r * cols;
    float largest = 0;
    for (int c = 0; c < cols; c++) {
      largest = Math.max(largest, Math.abs(Native.get(x, row + c)));
    }
    Native.set(absmax, r, largest);
    float scale = MOST / Math.max(largest, Float.MIN_NORMAL);
    for (int c = 0; c < cols; c++) {
      Native.setByte(codes, row + c, (byte) Math.rint(Native.get(x, row + c) * scale));
    }
  }

  /** Decoding on vectors; encoding, which happens once a model, on all threads. */
  static final class Simd {
    private static final VectorSpecies<Float> F = FloatVector.SPECIES_PREFERRED;
    private static final int L = F.length();
    private static final @Nullable VectorSpecies<Byte> B = Lanes.BYTES;
    private static final int TASK_ELEMENTS = 1 << 14;

    private Simd() {}

    static void encode(
        MemorySegment x, MemorySegment codes, MemorySegment absmax, int rows, int cols) {
      check(x, codes, absmax, rows, cols);
      Workers.pieces(
          rows,
          Math.max(1, TASK_ELEMENTS / Math.max(1, cols)),
          (from, to) -> {
            for (long r = from; r < to; r++) {
              encodeRow(x, codes, absmax, r, cols);
            }
          });
    }

    /** Elements {@code from..from+n-1}, from {@code out[at]} on, a row at a time. */
    static void decode(Encoded.OfInt8 q, long from, int n, float[] out, int at) {
      int done = 0;
      while (done < n) {
        long row = (from + done) / q.cols();
        int count = (int) Math.min(n - done, (row + 1) * q.cols() - (from + done));
        scale(q.codes(), from + done, count, Native.get(q.scales(), row), out, at + done);
        done += count;
      }
    }

    private static void scale(
        MemorySegment codes, long from, int n, float scale, float[] out, int at) {
      int bound = B == null ? 0 : F.loopBound(n);
      for (int i = 0; i < bound; i += L) {
        ((FloatVector)
                ByteVector.fromMemorySegment(B, codes, from + i, Native.ORDER)
                    .convertShape(VectorOperators.B2F, F, 0))
            .mul(scale)
            .intoArray(out, at + i);
      }
      for (int i = bound; i < n; i++) {
        out[at + i] = Native.getByte(codes, from + i) * scale;
      }
    }
  }
}
