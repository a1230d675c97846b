package io.tritter.kernel;

import java.lang.foreign.MemorySegment;

/** Every operation of {@link EncodedKernels} on the Vector API, on all threads. */
interface SimdEncoded extends EncodedKernels {
  @Override
  default void matmulEncoded(
      MemorySegment a,
      boolean transposeA,
      Encoded b,
      boolean transposeB,
      MemorySegment c,
      int rows,
      int cols,
      int inner,
      boolean accumulate) {
    Operand left = Operand.float32(a, transposeA);
    Operand right = Operand.encoded(b, transposeB);
    Matmul.Simd.run(left, right, c, rows, cols, inner, accumulate);
  }

  @Override
  default void decode(Encoded x, long from, MemorySegment out, long n) {
    Decode.Simd.run(x, from, out, n);
  }

  @Override
  default void encodeFourBit(
      MemorySegment x,
      MemorySegment codebook,
      MemorySegment codes,
      MemorySegment absmax,
      long n,
      int blockSize) {
    FourBit.Simd.encode(x, codebook, codes, absmax, n, blockSize);
  }

  @Override
  default void encodeInt8(
      MemorySegment x, MemorySegment codes, MemorySegment absmax, int rows, int cols) {
    Int8.Simd.encode(x, codes, absmax, rows, cols);
  }
}
