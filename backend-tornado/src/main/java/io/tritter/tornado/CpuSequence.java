package io.tritter.tornado;

import io.tritter.kernel.AttentionShape;
import io.tritter.kernel.Kernels;
import io.tritter.kernel.SequenceKernels;
import java.lang.foreign.MemorySegment;

/** {@link SequenceKernels} as the CPU has them: what a device does not override. */
interface CpuSequence extends SequenceKernels {
  Kernels cpu();

  @Override
  default void rope(
      MemorySegment x,
      MemorySegment out,
      int outer,
      int seqLen,
      int heads,
      int headDim,
      int firstPosition,
      float theta,
      boolean interleaved,
      boolean inverse) {
    cpu().rope(x, out, outer, seqLen, heads, headDim, firstPosition, theta, interleaved, inverse);
  }

  @Override
  default void rmsNormRope(
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
    cpu()
        .rmsNormRope(
            x, weight, out, outer, seqLen, heads, headDim, firstPosition, theta, interleaved, eps);
  }

  @Override
  default void rmsNormRopeBackward(
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
    cpu()
        .rmsNormRopeBackward(
            x,
            weight,
            dout,
            dx,
            dweight,
            outer,
            seqLen,
            heads,
            headDim,
            firstPosition,
            theta,
            interleaved,
            eps);
  }

  @Override
  default void attention(
      MemorySegment q,
      MemorySegment k,
      MemorySegment v,
      MemorySegment out,
      MemorySegment logSumExp,
      AttentionShape shape) {
    cpu().attention(q, k, v, out, logSumExp, shape);
  }

  @Override
  default void attentionBackward(
      MemorySegment q,
      MemorySegment k,
      MemorySegment v,
      MemorySegment out,
      MemorySegment logSumExp,
      MemorySegment dout,
      MemorySegment dq,
      MemorySegment dk,
      MemorySegment dv,
      AttentionShape shape) {
    cpu().attentionBackward(q, k, v, out, logSumExp, dout, dq, dk, dv, shape);
  }

  @Override
  default void gru(
      MemorySegment x,
      MemorySegment h0,
      MemorySegment wIh,
      MemorySegment wHh,
      MemorySegment bIh,
      MemorySegment bHh,
      MemorySegment out,
      MemorySegment gates,
      int batch,
      int seqLen,
      int inputs,
      int hidden) {
    cpu().gru(x, h0, wIh, wHh, bIh, bHh, out, gates, batch, seqLen, inputs, hidden);
  }

  @Override
  default void gruBackward(
      MemorySegment x,
      MemorySegment h0,
      MemorySegment wIh,
      MemorySegment wHh,
      MemorySegment out,
      MemorySegment gates,
      MemorySegment dout,
      MemorySegment dx,
      MemorySegment dh0,
      MemorySegment dwIh,
      MemorySegment dwHh,
      MemorySegment dbIh,
      MemorySegment dbHh,
      int batch,
      int seqLen,
      int inputs,
      int hidden) {
    cpu()
        .gruBackward(
            x, h0, wIh, wHh, out, gates, dout, dx, dh0, dwIh, dwHh, dbIh, dbHh, batch, seqLen,
            inputs, hidden);
  }
}
