package io.tritter.kernel;

import java.lang.foreign.MemorySegment;

/** An immutable ternary matrix [rows, cols] in the form that one {@link TernaryLevel} reads. */
public interface TernaryWeights {
  /** How products are computed. */
  TernaryLevel level();

  /** Bytes of the form, besides the 2-bit bytes that it was made from. */
  long sizeBytes();

  /**
   * {@code out[b, r] = sum_c x[b, c] * trit[r, c]}, exact for every input.
   *
   * @param x int8 [batch, cols]
   * @param out int32 [batch, rows]
   */
  void multiply(MemorySegment x, MemorySegment out, int batch);

  /**
   * {@code out[b, r] = sum_g scales[r, g] * (sum over the c of group g of x[b, c] * trit[r, c])}:
   * integer inside a group, float32 in order of g between them.
   *
   * @param x int8 [batch, cols]
   * @param scales [rows, ceil(cols / groupSize)]
   * @param out float32 [batch, rows]
   */
  void multiplyGrouped(
      MemorySegment x, MemorySegment scales, MemorySegment out, int batch, int groupSize);

  /**
   * A quantized layer in one: {@link TernaryKernels#quantizeAbsmax}, {@link #multiplyGrouped} and
   * {@link Kernels#scaleRows}, with the bits of the three.
   *
   * @param x float32 [batch, cols]
   * @param factor of all results
   * @param bits of the activations, 2 to 8
   * @return false, and nothing is written, where the three one after the other are the way
   */
  default boolean multiplyQuantized(
      MemorySegment x,
      MemorySegment scales,
      float factor,
      MemorySegment out,
      int batch,
      int groupSize,
      int bits) {
    return false;
  }
}
