package io.tritter.kernel;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;

/** Every operation of {@link TernaryKernels} on the Vector API, on all threads. */
interface SimdTernary extends TernaryKernels {
  @Override
  default void quantizeAbsmax(
      MemorySegment x, MemorySegment q, MemorySegment inverseScales, int rows, int cols, int bits) {
    Absmax.Simd.run(x, q, inverseScales, rows, cols, bits);
  }

  @Override
  default void rmsNormQuantize(
      MemorySegment x,
      MemorySegment weight,
      MemorySegment q,
      MemorySegment inverseScales,
      int rows,
      int dim,
      float eps,
      int bits) {
    RmsNormQuantize.Simd.run(x, weight, q, inverseScales, rows, dim, eps, bits);
  }

  @Override
  default void dequantizeRows(
      MemorySegment q, MemorySegment inverseScales, MemorySegment out, int rows, int cols) {
    DequantizeRows.Simd.run(q, inverseScales, out, rows, cols);
  }

  @Override
  default void absmean(MemorySegment w, MemorySegment scales, int rows, int cols, int groupSize) {
    Absmean.Simd.run(w, scales, rows, cols, groupSize);
  }

  @Override
  default void ternarize(
      MemorySegment w,
      MemorySegment scales,
      MemorySegment trits,
      int rows,
      int cols,
      int groupSize) {
    Absmean.Simd.ternarize(w, scales, trits, rows, cols, groupSize);
  }

  @Override
  default void thresholdTrits(MemorySegment x, int n, float threshold, long[] plus, long[] minus) {
    ThresholdTrits.Simd.run(x, n, threshold, plus, minus);
  }

  @Override
  default void packTrits(MemorySegment trits, MemorySegment packed, int rows, int cols) {
    PackTrits.Simd.run(trits, packed, rows, cols);
  }

  @Override
  default long ternaryLayoutBytes(int rows, int cols) {
    return TernaryMatmul.Simd.layoutBytes(rows, cols);
  }

  @Override
  default void ternaryLayout(MemorySegment packed, MemorySegment layout, int rows, int cols) {
    TernaryMatmul.Simd.layout(packed, layout, rows, cols);
  }

  @Override
  default void ternaryMatmul(
      MemorySegment x, MemorySegment layout, MemorySegment out, int batch, int rows, int cols) {
    TernaryMatmul.Simd.run(x, layout, out, batch, rows, cols);
  }

  @Override
  default void ternaryMatmulGrouped(
      MemorySegment x,
      MemorySegment layout,
      MemorySegment scales,
      MemorySegment out,
      int batch,
      int rows,
      int cols,
      int groupSize) {
    TernaryMatmul.Simd.grouped(x, layout, scales, out, batch, rows, cols, groupSize);
  }

  @Override
  default void ternaryMatmulScaled(
      MemorySegment x,
      MemorySegment layout,
      MemorySegment xScales,
      float scale,
      MemorySegment out,
      int batch,
      int rows,
      int cols) {
    TernaryMatmul.Simd.scaled(x, layout, xScales, scale, out, batch, rows, cols);
  }

  @Override
  default boolean ternaryMatmulPays(int batch, int rows, int cols) {
    return false;
  }

  @Override
  default TernaryWeights ternaryWeights(
      MemorySegment packed, int rows, int cols, TernaryLevel level, SegmentAllocator memory) {
    return level == TernaryLevel.SPARSE
        ? new SparseVectors(packed, rows, cols)
        : TernaryKernels.super.ternaryWeights(packed, rows, cols, level, memory);
  }

  @Override
  default long tritDot(long[] aPlus, long[] aMinus, long[] bPlus, long[] bMinus) {
    return TritDot.Simd.run(aPlus, aMinus, bPlus, bMinus);
  }

  @Override
  default void tritMatmul(
      long[] aPlus,
      long[] aMinus,
      long[] bPlus,
      long[] bMinus,
      int[] out,
      int rows,
      int cols,
      int words) {
    TritMatmul.Simd.run(aPlus, aMinus, bPlus, bMinus, out, rows, cols, words);
  }

  @Override
  default void tritAdd(
      long[] aPlus, long[] aMinus, long[] bPlus, long[] bMinus, long[] outPlus, long[] outMinus) {
    TritAdd.Simd.run(aPlus, aMinus, bPlus, bMinus, outPlus, outMinus);
  }

  @Override
  default void tritMultiply(
      long[] aPlus, long[] aMinus, long[] bPlus, long[] bMinus, long[] outPlus, long[] outMinus) {
    TritMultiply.Simd.run(aPlus, aMinus, bPlus, bMinus, outPlus, outMinus);
  }

  @Override
  default long tritDifferences(long[] aPlus, long[] aMinus, long[] bPlus, long[] bMinus) {
    return TritDifferences.Simd.run(aPlus, aMinus, bPlus, bMinus);
  }

  @Override
  default void tritRotate(long[] plane, int by, int size, long[] out) {
    TritRotate.Simd.run(plane, by, size, out);
  }

  @Override
  default void tritRandom(long seed, long[] plus, long[] minus) {
    TritRandom.Simd.run(seed, plus, minus);
  }

  @Override
  default void tritVote(
      long[][] plus,
      long[][] minus,
      long[] weights,
      int[] shifts,
      long[] outPlus,
      long[] outMinus) {
    TritVote.Simd.run(plus, minus, weights, shifts, outPlus, outMinus);
  }
}
