package io.tritter.kernel;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;

/**
 * The operations of {@link Kernels} on ternary weights and on trits; what is said there of memory,
 * exactness and threads holds here.
 */
public interface TernaryKernels {
  // --- BitNet --------------------------------------------------------------------------------

  /**
   * Absmax quantization of each row: {@code s = max / max(|x|max, 1e-5)}, {@code q =
   * clamp(roundHalfEven(x * s), -max-1, max)} with max = 2^(bits-1)-1 (BitNet b1.58).
   *
   * @param q int8 [rows, cols]
   * @param inverseScales [rows], 1/s
   * @param bits 2 to 8
   */
  void quantizeAbsmax(
      MemorySegment x, MemorySegment q, MemorySegment inverseScales, int rows, int cols, int bits);

  /**
   * {@link Kernels#rmsNorm} of each row, then {@link #quantizeAbsmax} of what it gives, with the
   * bits of the two; the normed rows are not written.
   *
   * @param x [rows, dim]
   * @param weight [dim]
   * @param q int8 [rows, dim]
   */
  void rmsNormQuantize(
      MemorySegment x,
      MemorySegment weight,
      MemorySegment q,
      MemorySegment inverseScales,
      int rows,
      int dim,
      float eps,
      int bits);

  /**
   * {@code out[r, c] = q[r, c] * inverseScales[r]}.
   *
   * @param q int8 [rows, cols]
   * @param inverseScales [rows], or {@link MemorySegment#NULL} for ones
   */
  void dequantizeRows(
      MemorySegment q, MemorySegment inverseScales, MemorySegment out, int rows, int cols);

  /**
   * Mean of |w| of each group, at least 1e-5, summed in float64.
   *
   * @param w [rows, cols]
   * @param scales [rows, ceil(cols / groupSize)]; the last group of a row may be short. One scale
   *     for a tensor is rows = 1, groupSize = cols
   */
  void absmean(MemorySegment w, MemorySegment scales, int rows, int cols, int groupSize);

  /**
   * {@code t = clamp(roundHalfEven(w / scale), -1, 1)}, groups as in {@link #absmean}.
   *
   * @param trits float32 [rows, cols], exact -1, 0, +1
   */
  void ternarize(
      MemorySegment w,
      MemorySegment scales,
      MemorySegment trits,
      int rows,
      int cols,
      int groupSize);

  /**
   * Packs exact trits to 2 bits: four a byte, first in the low bits, 0 = 00, +1 = 01, -1 = 10, each
   * row from a byte on.
   *
   * @param trits float32 [rows, cols], -1, 0, +1
   */
  void packTrits(MemorySegment trits, MemorySegment packed, int rows, int cols);

  /**
   * +1 where {@code x >= threshold}, -1 where {@code x <= -threshold}, 0 elsewhere.
   *
   * @param threshold positive
   * @param plus written, like {@code minus}: n bits, and 0 in the rest of their last word
   */
  void thresholdTrits(MemorySegment x, int n, float threshold, long[] plus, long[] minus);

  /** Bytes of the layout that {@link #ternaryLayout} writes. */
  long ternaryLayoutBytes(int rows, int cols);

  /**
   * Rearranges the bytes of {@link #packTrits} into the layout that {@link #ternaryMatmul} of this
   * backend reads fastest.
   */
  void ternaryLayout(MemorySegment packed, MemorySegment layout, int rows, int cols);

  /**
   * {@code out[b, r] = sum_c x[b, c] * trit[r, c]}, exact for every input.
   *
   * @param x int8 [batch, cols]
   * @param layout from {@link #ternaryLayout}
   * @param out int32 [batch, rows]
   */
  void ternaryMatmul(
      MemorySegment x, MemorySegment layout, MemorySegment out, int batch, int rows, int cols);

  /**
   * {@code out[b, r] = sum_g scales[r, g] * (sum over the c of group g of x[b, c] * trit[r, c])}:
   * integer inside a group, float32 in order of g between them.
   *
   * @param scales [rows, ceil(cols / groupSize)]
   * @param out float32 [batch, rows]
   */
  void ternaryMatmulGrouped(
      MemorySegment x,
      MemorySegment layout,
      MemorySegment scales,
      MemorySegment out,
      int batch,
      int rows,
      int cols,
      int groupSize);

  /**
   * {@code out[b, r] = scale * xScales[b] * (sum_c x[b, c] * trit[r, c])}: a quantized layer whose
   * weights share one scale.
   *
   * @param xScales [batch], what the rows of x are multiplied with, as {@link #quantizeAbsmax}
   *     leaves it
   * @param out float32 [batch, rows]
   */
  void ternaryMatmulScaled(
      MemorySegment x,
      MemorySegment layout,
      MemorySegment xScales,
      float scale,
      MemorySegment out,
      int batch,
      int rows,
      int cols);

  /**
   * Whether {@link #ternaryMatmul} of many rows is faster here than {@link Kernels#matmul} of the
   * same numbers in float32, which is as exact below 2^24: training asks.
   */
  boolean ternaryMatmulPays(int batch, int rows, int cols);

  /**
   * Share of zeros from which {@link TernaryLevel#choose} takes {@link TernaryLevel#SPARSE};
   * figures are in docs/kernels.md.
   */
  default double sparseFrom() {
    return 0.9;
  }

  /**
   * Prepares 2-bit trits, as for {@link #ternaryLayout}, for products at a level.
   *
   * @param memory where the layout of a backend is kept; other levels keep arrays
   */
  default TernaryWeights ternaryWeights(
      MemorySegment packed, int rows, int cols, TernaryLevel level, SegmentAllocator memory) {
    return switch (level) {
      case BASIC, TILED -> new PlaneWeights(packed, rows, cols, level);
      case VECTORIZED -> new LayoutWeights(this, packed, rows, cols, memory);
      case SPARSE -> new SparseWeights(packed, rows, cols);
    };
  }

  // --- trit planes ---------------------------------------------------------------------------

  /** Sum of products of two trit vectors, from their planes. */
  long tritDot(long[] aPlus, long[] aMinus, long[] bPlus, long[] bMinus);

  /**
   * {@code out[i, j] = sum_c a[i, c] * b[j, c]} of trit matrices, from their planes.
   *
   * @param aPlus [rows, words], like {@code aMinus}; bits behind the last trit are 0
   * @param bPlus [cols, words], like {@code bMinus}
   * @param out [rows, cols]
   */
  void tritMatmul(
      long[] aPlus,
      long[] aMinus,
      long[] bPlus,
      long[] bMinus,
      int[] out,
      int rows,
      int cols,
      int words);

  /** {@code out = (a + b) mod 3}, trit by trit, mapped to -1, 0, +1; out may alias. */
  void tritAdd(
      long[] aPlus, long[] aMinus, long[] bPlus, long[] bMinus, long[] outPlus, long[] outMinus);

  /** {@code out = a * b}, trit by trit; out may alias. */
  void tritMultiply(
      long[] aPlus, long[] aMinus, long[] bPlus, long[] bMinus, long[] outPlus, long[] outMinus);

  /** Number of places where two trit vectors differ. */
  long tritDifferences(long[] aPlus, long[] aMinus, long[] bPlus, long[] bMinus);

  /**
   * Cyclic shift of a plane of {@code size} trits: bit i moves to (i + by) mod size.
   *
   * @param by 0 to size - 1
   * @param out is not {@code plane}
   */
  void tritRotate(long[] plane, int by, int size, long[] out);

  /** Uniform random trits, the same for the same seed everywhere; see {@link TritRandom}. */
  void tritRandom(long seed, long[] plus, long[] minus);

  /**
   * {@code out = sign(sum_v weights[v] * 2^shifts[v] * t[v])}, trit by trit and exact; 0 where the
   * sum is 0.
   *
   * @param plus a plane of +1 for each vector
   * @param outPlus aliases no input, nor does {@code outMinus}
   */
  void tritVote(
      long[][] plus, long[][] minus, long[] weights, int[] shifts, long[] outPlus, long[] outMinus);
}
