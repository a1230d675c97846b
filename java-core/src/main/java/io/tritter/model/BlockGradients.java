package io.tritter.model;

import io.tritter.tensor.Tensor;

/** Scratch of the backward pass, shared by all blocks of a model. */
final class BlockGradients {
  /** Gradient of the residual stream, [rows, hiddenSize]. */
  final Tensor stream;

  /** Gradient of the input of one branch. */
  final Tensor branch;

  final Tensor mixed;
  final Tensor q;
  final Tensor k;
  final Tensor v;
  final Tensor hidden;
  final Tensor gate;
  final Tensor up;

  BlockGradients(TransformerConfig c, int rows) {
    stream = Tensor.zeros(rows, c.hiddenSize());
    branch = Tensor.zeros(rows, c.hiddenSize());
    mixed = Tensor.zeros(rows, c.querySize());
    q = Tensor.zeros(rows, c.querySize());
    k = Tensor.zeros(rows, c.kvSize());
    v = Tensor.zeros(rows, c.kvSize());
    hidden = Tensor.zeros(rows, c.intermediateSize());
    gate = Tensor.zeros(rows, c.gated() ? c.intermediateSize() : 0);
    up = Tensor.zeros(rows, c.intermediateSize());
  }
}
