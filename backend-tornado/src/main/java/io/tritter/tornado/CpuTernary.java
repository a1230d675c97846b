package io.tritter.tornado;

import io.tritter.kernel.Kernels;
import io.tritter.kernel.TernaryKernels;
import io.tritter.kernel.TernaryLevel;
import io.tritter.kernel.TernaryWeights;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;

/** {@link TernaryKernels} as the CPU has them: what a device does not override. */
interface CpuTernary extends TernaryKernels {
  Kernels cpu();

  @Override
  default void thresholdTrits(MemorySegment x, int n, float threshold, long[] plus, long[] minus) {
    cpu().thresholdTrits(x, n, threshold, plus, minus);
  }

  @Override
  default void quantizeAbsmax(
      MemorySegment x, MemorySegment q, MemorySegment inverseScales, int rows, int cols, int bits) {
    cpu().quantizeAbsmax(x, q, inverseScales, rows, cols, bits);
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
    cpu().rmsNormQuantize(x, weight, q, inverseScales, rows, dim, eps, bits);
  }

  @Override
  default void dequantizeRows(
      MemorySegment q, MemorySegment inverseScales, MemorySegment out, int rows, int cols) {
    cpu().dequantizeRows(q, inverseScales, out, rows, cols);
  }

  @Override
  default void absmean(MemorySegment w, MemorySegment scales, int rows, int cols, int groupSize) {
    cpu().absmean(w, scales, rows, cols, groupSize);
  }

  @Override
  default void ternarize(
      MemorySegment w,
      MemorySegment scales,
      MemorySegment trits,
      int rows,
      int cols,
      int groupSize) {
    cpu().ternarize(w, scales, trits, rows, cols, groupSize);
  }

  @Override
  default void packTrits(MemorySegment trits, MemorySegment packed, int rows, int cols) {
    cpu().packTrits(trits, packed, rows, cols);
  }

  @Override
  default long ternaryLayoutBytes(int rows, int cols) {
    return cpu().ternaryLayoutBytes(rows, cols);
  }

  @Override
  default void ternaryLayout(MemorySegment packed, MemorySegment layout, int rows, int cols) {
    cpu().ternaryLayout(packed, layout, rows, cols);
  }

  @Override
  default void ternaryMatmul(
      MemorySegment x, MemorySegment layout, MemorySegment out, int batch, int rows, int cols) {
    cpu().ternaryMatmul(x, layout, out, batch, rows, cols);
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
    cpu().ternaryMatmulGrouped(x, layout, scales, out, batch, rows, cols, groupSize);
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
    cpu().ternaryMatmulScaled(x, layout, xScales, scale, out, batch, rows, cols);
  }

  @Override
  default boolean ternaryMatmulPays(int batch, int rows, int cols) {
    return cpu().ternaryMatmulPays(batch, rows, cols);
  }

  @Override
  default double sparseFrom() {
    return cpu().sparseFrom();
  }

  @Override
  default TernaryWeights ternaryWeights(
      MemorySegment packed, int rows, int cols, TernaryLevel level, SegmentAllocator memory) {
    return cpu().ternaryWeights(packed, rows, cols, level, memory);
  }

  @Override
  default long tritDot(long[] aPlus, long[] aMinus, long[] bPlus, long[] bMinus) {
    return cpu().tritDot(aPlus, aMinus, bPlus, bMinus);
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
    cpu().tritMatmul(aPlus, aMinus, bPlus, bMinus, out, rows, cols, words);
  }

  @Override
  default void tritAdd(
      long[] aPlus, long[] aMinus, long[] bPlus, long[] bMinus, long[] outPlus, long[] outMinus) {
    cpu().tritAdd(aPlus, aMinus, bPlus, bMinus, outPlus, outMinus);
  }

  @Override
  default void tritMultiply(
      long[] aPlus, long[] aMinus, long[] bPlus, long[] bMinus, long[] outPlus, long[] outMinus) {
    cpu().tritMultiply(aPlus, aMinus, bPlus, bMinus, outPlus, outMinus);
  }

  @Override
  default long tritDifferences(long[] aPlus, long[] aMinus, long[] bPlus, long[] bMinus) {
    return cpu().tritDifferences(aPlus, aMinus, bPlus, bMinus);
  }

  @Override
  default void tritRotate(long[] plane, int by, int size, long[] out) {
    cpu().tritRotate(plane, by, size, out);
  }

  @Override
  default void tritRandom(long seed, long[] plus, long[] minus) {
    cpu().tritRandom(seed, plus, minus);
  }

  @Override
  default void tritVote(
      long[][] plus,
      long[][] minus,
      long[] weights,
      int[] shifts,
      long[] outPlus,
      long[] outMinus) {
    cpu().tritVote(plus, minus, weights, shifts, outPlus, outMinus);
  }
}
