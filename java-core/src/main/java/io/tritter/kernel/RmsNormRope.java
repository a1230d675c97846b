package io.tritter.kernel;

import java.lang.foreign.MemorySegment;

/** {@link Kernels#rmsNormRope}: by definition one after the other. */
final class RmsNormRope {
  private RmsNormRope() {}

  static void run(
      MemorySegment x,
      MemorySegment weight,
      MemorySegment out,
      int outer,
      int seqLen,
      int heads,
      int headDim,
      int firstPosition,
      float theta,
      boolean interleaved,
      float eps) {
    Rope.check(x, out, outer, seqLen, heads, headDim, firstPosition);
    RmsNorm.run(x, weight, out, outer * seqLen * heads, headDim, eps);
    Rope.run(out, out, outer, seqLen, heads, headDim, firstPosition, theta, interleaved, false);
  }

  static void backward(
      MemorySegment x,
      MemorySegment weight,
      MemorySegment dout,
      MemorySegment dx,
      MemorySegment dweight,
      int outer,
      int seqLen,
      int heads,
      int headDim,
      int firstPosition,
      float theta,
      boolean interleaved,
      float eps) {
    int rows = outer * seqLen * heads;
    RmsNorm.checkBackward(x, weight, dout, dx, dweight, rows, headDim);
    Rope.run(dout, dx, outer, seqLen, heads, headDim, firstPosition, theta, interleaved, true);
    RmsNorm.backward(x, weight, dx, dx, dweight, rows, headDim, eps);
  }

  /** On vectors: each head turns while the norm has left it in the first-level cache. */
  static final class Simd {
    private static final int PIECE = 1 << 14;

    private Simd() {}

    static void run(
        MemorySegment x,
        MemorySegment weight,
        MemorySegment out,
        int outer,
        int seqLen,
        int heads,
        int headDim,
        int firstPosition,
        float theta,
        boolean interleaved,
        float eps) {
      Rope.check(x, out, outer, seqLen, heads, headDim, firstPosition);
      Native.check("weight", weight, headDim);
      Rope.Table table = Rope.Table.of(theta, headDim, firstPosition, seqLen);
      int row = heads * headDim;
      Workers.pieces(
          (long) outer * seqLen,
          Math.max(1, PIECE / Math.max(1, row)),
          (from, to) -> {
            for (long r = from; r < to; r++) {
              int angles = table.row(firstPosition + (int) (r % seqLen));
              for (long at = r * row; at < (r + 1) * row; at += headDim) {
                RmsNorm.Simd.row(x, weight, out, at, headDim, eps);
                Rope.Simd.turn(out, out, at, 1, table, angles, interleaved, 1);
              }
            }
          });
    }

    static void backward(
        MemorySegment x,
        MemorySegment weight,
        MemorySegment dout,
        MemorySegment dx,
        MemorySegment dweight,
        int outer,
        int seqLen,
        int heads,
        int headDim,
        int firstPosition,
        float theta,
        boolean interleaved,
        float eps) {
      int row = heads * headDim;
      RmsNorm.checkBackward(x, weight, dout, dx, dweight, outer * seqLen * heads, headDim);
      Rope.check(x, dx, outer, seqLen, heads, headDim, firstPosition);
      Rope.Table table = Rope.Table.of(theta, headDim, firstPosition, seqLen);
      ColumnSums.add(
          outer * seqLen,
          headDim,
          dweight,
          (from, to, sums, at) -> {
            for (long r = from; r < to; r++) {
              int angles = table.row(firstPosition + (int) (r % seqLen));
              for (long head = r * row; head < (r + 1) * row; head += headDim) {
                Rope.Simd.turn(dout, dx, head, 1, table, angles, interleaved, -1);
                RmsNorm.Simd.rowBackward(x, weight, dx, dx, head, headDim, eps, sums, at);
              }
            }
          });
    }
  }
}
