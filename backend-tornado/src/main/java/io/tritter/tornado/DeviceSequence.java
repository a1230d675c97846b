package io.tritter.tornado;

import io.tritter.kernel.AttentionShape;
import io.tritter.kernel.SequenceKernels;
import java.lang.foreign.MemorySegment;

/** {@link SequenceKernels} on the device where they are large enough. */
interface DeviceSequence extends CpuSequence, DeviceOperations {
  /** Multiply-adds of a forward pass. */
  private static long work(AttentionShape shape) {
    return 2 * shape.queryElements() * shape.keys();
  }

  /** Whether heads are rotated on the device. */
  private boolean rotates(int outer, int seqLen, int heads, int headDim, int firstPosition) {
    return headDim % 2 == 0
        && firstPosition >= 0
        && limits().admitElements((long) outer * seqLen * heads * headDim);
  }

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
    if (!rotates(outer, seqLen, heads, headDim, firstPosition)
        || !fits(
            () ->
                Rope.run(
                    hardware(),
                    x,
                    out,
                    outer,
                    seqLen,
                    heads,
                    headDim,
                    firstPosition,
                    theta,
                    interleaved,
                    inverse))) {
      CpuSequence.super.rope(
          x, out, outer, seqLen, heads, headDim, firstPosition, theta, interleaved, inverse);
    }
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
    if (!rotates(outer, seqLen, heads, headDim, firstPosition)
        || !fits(
            () ->
                RmsNormRope.run(
                    hardware(),
                    x,
                    weight,
                    out,
                    outer,
                    seqLen,
                    heads,
                    headDim,
                    firstPosition,
                    theta,
                    interleaved,
                    eps))) {
      CpuSequence.super.rmsNormRope(
          x, weight, out, outer, seqLen, heads, headDim, firstPosition, theta, interleaved, eps);
    }
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
    if (!rotates(outer, seqLen, heads, headDim, firstPosition)
        || !fits(
            () ->
                RmsNormRope.runBackward(
                    hardware(),
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
                    eps))) {
      CpuSequence.super.rmsNormRopeBackward(
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
  }

  @Override
  default void attention(
      MemorySegment q,
      MemorySegment k,
      MemorySegment v,
      MemorySegment out,
      MemorySegment logSumExp,
      AttentionShape shape) {
    if (!limits().admitProducts(work(shape))
        || !fits(() -> Attention.run(hardware(), q, k, v, out, logSumExp, shape))) {
      CpuSequence.super.attention(q, k, v, out, logSumExp, shape);
    }
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
    if (!limits().admitProducts(work(shape))
        || !fits(
            () ->
                AttentionBackward.run(
                    hardware(), q, k, v, out, logSumExp, dout, dq, dk, dv, shape))) {
      CpuSequence.super.attentionBackward(q, k, v, out, logSumExp, dout, dq, dk, dv, shape);
    }
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
    if (!(hidden <= Gru.MOST_UNITS
            && limits().admitProducts(3L * batch * seqLen * hidden * (hidden + inputs)))
        || !fits(
            () ->
                Gru.run(
                    hardware(),
                    x,
                    h0,
                    wIh,
                    wHh,
                    bIh,
                    bHh,
                    out,
                    gates,
                    batch,
                    seqLen,
                    inputs,
                    hidden))) {
      CpuSequence.super.gru(x, h0, wIh, wHh, bIh, bHh, out, gates, batch, seqLen, inputs, hidden);
    }
  }
}
