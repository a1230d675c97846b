package io.tritter.kernel;

import java.lang.foreign.MemorySegment;

/** The definition of every operation of {@link TernaryKernels}. */
interface ScalarTernary extends TernaryKernels {
  @Override
  default void quantizeAbsmax(
      MemorySegment x, MemorySegment q, MemorySegment inverseScales, int rows, int cols, int bits) {
    Absmax.run(x, q, inverseScales, rows, cols, bits);
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
    RmsNormQuantize.run(x, weight, q, inverseScales, rows, dim, eps, bits);
  }

  @Override
  default void dequantizeRows(
      MemorySegment q, MemorySegment inverseScales, MemorySegment out, int rows, int cols) {
    DequantizeRows.run(q, inverseScales, out, rows, cols);
  }

  @Override
  default void absmean(MemorySegment w, MemorySegment scales, int rows, int cols, int groupSize) {
    Absmean.run(w, scales, rows, cols, groupSize);
  }

  @Override
  default void ternarize(
      MemorySegment w,
      MemorySegment scales,
      MemorySegment trits,
      int rows,
      int cols,
      int groupSize) {
    Absmean.ternarize(w, scales, trits, rows, cols, groupSize);
  }

  @Override
  default void thresholdTrits(MemorySegment x, int n, float threshold, long[] plus, long[] minus) {
    ThresholdTrits.run(x, n, threshold, plus, minus);
  }

  @Override
  default void packTrits(MemorySegment trits, MemorySegment packed, int rows, int cols) {
    PackTrits.run(trits, packed, rows, cols);
  }

  @Override
  default long ternaryLayoutBytes(int rows, int cols) {
    return TernaryMatmul.layoutBytes(rows, cols);
  }

  @Override
  default void ternaryLayout(MemorySegment packed, MemorySegment layout, int rows, int cols) {
    TernaryMatmul.layout(packed, layout, rows, cols);
  }

  @Override
  default void ternaryMatmul(
      MemorySegment x, MemorySegment layout, MemorySegment out, int batch, int rows, int cols) {
    TernaryMatmul.run(x, layout, out, batch, rows, cols);
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
    TernaryMatmul.grouped(x, layout, scales, out, batch, rows, cols, groupSize);
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
    TernaryMatmul.scaled(x, layout, xScales, scale, out, batch, rows, cols);
  }

  @Override
  default boolean ternaryMatmulPays(int batch, int rows, int cols) {
    return false;
  }

  @Override
  default long tritDot(long[] aPlus, long[] aMinus, long[] bPlus, long[] bMinus) {
    return TritDot.run(aPlus, aMinus, bPlus, bMinus);
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
    TritMatmul.run(aPlus, aMinus, bPlus, bMinus, out, rows, cols, words);
  }

  @Override
  default void tritAdd(
      long[] aPlus, long[] aMinus, long[] bPlus, long[] bMinus, long[] outPlus, long[] outMinus) {
    TritAdd.run(aPlus, aMinus, bPlus, bMinus, outPlus, outMinus);
  }

  @Override
  default void tritMultiply(
      long[] aPlus, long[] aMinus, long[] bPlus, long[] bMinus, long[] outPlus, long[] outMinus) {
    TritMultiply.run(aPlus, aMinus, bPlus, bMinus, outPlus, outMinus);
  }

  @Override
  default long tritDifferences(long[] aPlus, long[] aMinus, long[] bPlus, long[] bMinus) {
    return TritDifferences.run(aPlus, aMinus, bPlus, bMinus);
  }

  @Override
  default void tritRotate(long[] plane, int by, int size, long[] out) {
    TritRotate.run(plane, by, size, out);
  }

  @Override
  default void tritRandom(long seed, long[] plus, long[] minus) {
    TritRandom.run(seed, plus, minus);
  }

  @Override
  default void tritVote(
      long[][] plus,
      long[][] minus,
      long[] weights,
      int[] shifts,
      long[] outPlus,
      long[] outMinus) {
    TritVote.run(plus, minus, weights, shifts, outPlus, outMinus);
  }
}
