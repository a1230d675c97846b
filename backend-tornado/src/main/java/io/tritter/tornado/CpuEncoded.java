package io.tritter.tornado;

import io.tritter.kernel.Encoded;
import io.tritter.kernel.EncodedKernels;
import io.tritter.kernel.Kernels;
import java.lang.foreign.MemorySegment;

/** {@link EncodedKernels} as the CPU has them: what a device does not override. */
interface CpuEncoded extends EncodedKernels {
  Kernels cpu();

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
    cpu().matmulEncoded(a, transposeA, b, transposeB, c, rows, cols, inner, accumulate);
  }

  @Override
  default void decode(Encoded x, long from, MemorySegment out, long n) {
    cpu().decode(x, from, out, n);
  }

  @Override
  default void encodeFourBit(
      MemorySegment x,
      MemorySegment codebook,
      MemorySegment codes,
      MemorySegment absmax,
      long n,
      int blockSize) {
    cpu().encodeFourBit(x, codebook, codes, absmax, n, blockSize);
  }

  @Override
  default void encodeInt8(
      MemorySegment x, MemorySegment codes, MemorySegment absmax, int rows, int cols) {
    cpu().encodeInt8(x, codes, absmax, rows, cols);
  }
}
