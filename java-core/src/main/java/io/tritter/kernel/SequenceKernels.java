package io.tritter.kernel;

import java.lang.foreign.MemorySegment;

/**
 * The operations of {@link Kernels} that know the order of the rows: positions, attention,
 * recurrence; what is said there of memory, exactness and threads holds here.
 */
public interface SequenceKernels {
  /**
   * Rotary position embedding (Su et al., 2021): pair {@code i} of a head turns by {@code position
   * * theta^(-2i/headDim)}.
   *
   * @param x [outer, seqLen, heads, headDim]; a tensor [B, H, N, D] is outer = B*H, heads = 1
   * @param out as {@code x}, may be {@code x}
   * @param firstPosition position of the first row of each sequence
   * @param interleaved pairs are (2i, 2i+1); otherwise (i, i + headDim/2), the Hugging Face layout
   * @param inverse turns backwards, which is also the backward pass
   */
  void rope(
      MemorySegment x,
      MemorySegment out,
      int outer,
      int seqLen,
      int heads,
      int headDim,
      int firstPosition,
      float theta,
      boolean interleaved,
      boolean inverse);

  /**
   * {@link DenseKernels#rmsNorm} of each head, then {@link #rope}, in one pass: the norm of queries
   * and keys (Henry et al., 2020).
   *
   * @param weight [headDim], the same for all heads
   * @param out as {@code x}, may be {@code x}
   */
  void rmsNormRope(
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
      float eps);

  /**
   * Backward of {@link #rmsNormRope}.
   *
   * @param dx as {@code x}, written; may be {@code dout}
   * @param dweight [headDim], added to
   */
  void rmsNormRopeBackward(
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
      float eps);

  /**
   * {@code out = softmax(q k^T * scale) v} with an online softmax in tiles, O(queries) extra memory
   * (Dao et al., 2022; Milakov and Gimelshein, 2018).
   *
   * @param out as {@code q}
   * @param logSumExp [batch, heads, queries], natural logarithm of the softmax denominator; the
   *     backward pass needs it
   */
  void attention(
      MemorySegment q,
      MemorySegment k,
      MemorySegment v,
      MemorySegment out,
      MemorySegment logSumExp,
      AttentionShape shape);

  /** Backward of {@link #attention}: recomputes the probabilities; dq, dk, dv are written. */
  void attentionBackward(
      MemorySegment q,
      MemorySegment k,
      MemorySegment v,
      MemorySegment out,
      MemorySegment logSumExp,
      MemorySegment dout,
      MemorySegment dq,
      MemorySegment dk,
      MemorySegment dv,
      AttentionShape shape);

  /**
   * Gated recurrent unit (Cho et al., 2014) over sequences, in PyTorch's form: {@code r, z =
   * sigmoid(W x + b + U h + c)}, {@code n = tanh(Wn x + bn + r * (Un h + cn))}, {@code h' = (1 - z)
   * * n + z * h}; the matrices have the rows of r, then z, then n. A cell is a sequence of length
   * 1.
   *
   * @param x [batch, seqLen, inputs]
   * @param h0 [batch, hidden]
   * @param wIh [3 hidden, inputs], W; {@code bIh} [3 hidden], b
   * @param wHh [3 hidden, hidden], U; {@code bHh} [3 hidden], c
   * @param out [batch, seqLen, hidden], the state after each step
   * @param gates [4 batch seqLen hidden], written: what the backward pass reads
   */
  void gru(
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
      int hidden);

  /**
   * Backward of {@link #gru} through all steps; gradients of the parameters are added to.
   *
   * @param gates as {@link #gru} left it; used up, so that there is one backward pass a forward
   *     pass
   * @param dout as {@code out}; the gradient of a final state is in the last step's
   * @param dx as {@code x}, written
   * @param dh0 as {@code h0}, written
   */
  void gruBackward(
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
      int hidden);
}
