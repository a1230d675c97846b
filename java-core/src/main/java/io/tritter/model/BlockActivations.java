package io.tritter.model;

import io.tritter.nn.SharedInput;
import io.tritter.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * What one block computes on the way forward, and its backward pass reads: about {@code rows * (9 *
 * hiddenSize + 4 * intermediateSize)} floats in a BitNet, with rows = batch * seqLen.
 *
 * <p>Without sub-norms a normed tensor is the plain one, on the same memory.
 */
final class BlockActivations {
  final int batch;
  final int seqLen;

  /** What the attention sees before the sequences; null for nothing. */
  final @Nullable KeyValuePrefix prefix;

  /** Which block of the model these are of now. */
  int layer;

  final Tensor in;
  final Tensor normed;
  final SharedInput attentionInput;

  /** Scratch of a joined projection, [rows, joinedSize]; all blocks share it. */
  final Tensor joined;

  final Tensor q;
  final Tensor k;
  final Tensor v;
  final Tensor mixed;
  final Tensor logSumExp;
  final Tensor mixedNormed;
  final SharedInput outputInput;
  final Tensor middle;
  final Tensor middleNormed;
  final SharedInput feedForwardInput;

  /** Without columns where nothing is gated. */
  final Tensor gate;

  final Tensor up;
  final Tensor hidden;
  final Tensor hiddenNormed;
  final SharedInput downInput;
  final Tensor out;

  /**
   * Allocates everything but the two ends.
   *
   * @param in [batch * seqLen, hiddenSize], the {@code out} of the block before
   * @param out as {@code in}
   * @param joined what {@link #joined(TransformerConfig, int)} gives
   */
  BlockActivations(
      TransformerConfig c,
      int batch,
      int seqLen,
      @Nullable KeyValuePrefix prefix,
      Tensor in,
      Tensor out,
      Tensor joined) {
    int rows = batch * seqLen;
    this.batch = batch;
    this.seqLen = seqLen;
    this.prefix = prefix;
    this.in = in;
    this.out = out;
    this.joined = joined;
    normed = Tensor.zeros(rows, c.hiddenSize());
    q = Tensor.zeros(rows, c.querySize());
    k = Tensor.zeros(rows, c.kvSize());
    v = Tensor.zeros(rows, c.kvSize());
    mixed = Tensor.zeros(rows, c.querySize());
    logSumExp = Tensor.zeros(batch, c.heads(), seqLen);
    mixedNormed = c.subNorms() ? Tensor.zeros(rows, c.querySize()) : mixed;
    middle = Tensor.zeros(rows, c.hiddenSize());
    middleNormed = Tensor.zeros(rows, c.hiddenSize());
    gate = Tensor.zeros(rows, c.gated() ? c.intermediateSize() : 0);
    up = Tensor.zeros(rows, c.intermediateSize());
    hidden = Tensor.zeros(rows, c.intermediateSize());
    hiddenNormed = c.subNorms() ? Tensor.zeros(rows, c.intermediateSize()) : hidden;
    attentionInput = new SharedInput(normed, normed);
    // The backward pass of attention reads its output again, which without a sub-norm is this
    // input.
    Tensor dequantized =
        c.weights() == TransformerConfig.Weights.BITNET && !c.subNorms()
            ? Tensor.zeros(mixed.shape())
            : mixedNormed;
    outputInput = new SharedInput(mixedNormed, dequantized);
    feedForwardInput = new SharedInput(middleNormed, middleNormed);
    downInput = new SharedInput(hiddenNormed, hiddenNormed);
  }

  /** Scratch for {@code rows} positions. */
  static Tensor joined(TransformerConfig c, int rows) {
    return Tensor.zeros(rows, c.joinedSize());
  }
}
