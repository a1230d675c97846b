package io.tritter.kernel;

import java.lang.foreign.MemorySegment;

/**
 * The operations of {@link Kernels} on numbers that are not float32; what is said there of memory,
 * exactness and threads holds here.
 */
public interface EncodedKernels {
  /**
   * {@link DenseKernels#matmul} with an encoded {@code b}: the bits of the product with all of
   * {@code b} decoded first, of which only some tiles exist at a time. Sums are float32.
   *
   * @param a float32 [rows, inner], or [inner, rows] when {@code transposeA}
   * @param b [inner, cols], or [cols, inner] when {@code transposeB}
   * @param c float32 [rows, cols], aliases neither
   */
  void matmulEncoded(
      MemorySegment a,
      boolean transposeA,
      Encoded b,
      boolean transposeB,
      MemorySegment c,
      int rows,
      int cols,
      int inner,
      boolean accumulate);

  /**
   * {@code out[i] = x[from + i]} as float32.
   *
   * @param out [n], none of the memory of {@code x}
   */
  void decode(Encoded x, long from, MemorySegment out, long n);

  /**
   * Four bits a number, as bitsandbytes has them: {@code absmax[b] = max|x|} of a block, and the
   * code whose number is nearest to {@code x / absmax[b]}, of two the lower. In a block that the
   * end cuts short x is divided by its absmax, in the others multiplied with the inverse, which
   * rounds the other way now and then.
   *
   * @param x [n], finite
   * @param codebook [16]
   * @param codes [ceil(n / 2)] bytes, the first of a pair in the high half; a last one without a
   *     second has the code of 0 there
   * @param absmax [ceil(n / blockSize)]
   * @param blockSize a power of two from 32 on
   */
  void encodeFourBit(
      MemorySegment x,
      MemorySegment codebook,
      MemorySegment codes,
      MemorySegment absmax,
      long n,
      int blockSize);

  /**
   * A byte a number, as bitsandbytes has them: {@code absmax[r] = max|x[r, :]|}, {@code codes[r, c]
   * = roundHalfEven(x[r, c] * (127 / absmax[r]))}; a row of zeros stays one.
   *
   * @param x [rows, cols], finite
   * @param codes int8 [rows, cols]
   * @param absmax [rows]
   */
  void encodeInt8(MemorySegment x, MemorySegment codes, MemorySegment absmax, int rows, int cols);
}
