package io.tritter.model;

import io.tritter.nn.Linear;
import io.tritter.nn.Norm;
import io.tritter.nn.Parameter;
import io.tritter.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/** One pre-norm block: {@code x + attention(norm(x))}, then {@code x + feedForward(norm(x))}. */
record Block(
    Norm attentionNorm, Attention attention, Norm feedForwardNorm, FeedForward feedForward) {

  /** Computes {@code a.out} from {@code a.in}, and keeps in {@code a} what backward needs. */
  void forward(BlockActivations a) {
    KeyValuePrefix prefix = a.prefix;
    if (prefix == null) {
      forward(a, a.k, a.v, a.k, a.v, 0);
    } else {
      forward(a, a.k, a.v, prefix.keys, prefix.values, prefix.length());
    }
  }

  /**
   * {@link #forward} of the next positions of one sequence, with the keys and values of the earlier
   * ones in {@code cache}, which grows by these.
   */
  void decode(BlockActivations a, KeyValueCache.Layer cache, int position) {
    Tensor k = cache.keys().rows(position, position + a.seqLen);
    Tensor v = cache.values().rows(position, position + a.seqLen);
    forward(a, k, v, cache.keys(), cache.values(), position);
  }

  private void forward(
      BlockActivations a, Tensor k, Tensor v, Tensor keys, Tensor values, int position) {
    a.attentionInput.norm(attentionNorm, a.in);
    attention.forward(a, k, v, keys, values, position);
    a.middle.axpby(1f, a.in, 1f);
    a.feedForwardInput.norm(feedForwardNorm, a.middle);
    feedForward.forward(a);
    a.out.axpby(1f, a.middle, 1f);
  }

  /**
   * Backward of {@link #forward}.
   *
   * @param a as forward left it
   * @param g scratch for the gradients; {@code g.stream} holds the gradient of {@code a.out} and
   *     receives that of {@code a.in}
   */
  void backward(BlockActivations a, BlockGradients g) {
    feedForward.backward(a, g);
    feedForwardNorm.backward(a.middle, g.branch, g.branch);
    g.stream.axpby(1f, g.branch, 1f);
    attention.backward(a, g);
    attentionNorm.backward(a.in, g.branch, g.branch);
    g.stream.axpby(1f, g.branch, 1f);
  }

  /** The matrices in the order of the forward pass. */
  List<Linear> linears() {
    List<Linear> all = new ArrayList<>(attention.linears());
    all.addAll(feedForward.linears());
    return all;
  }

  /** What adds to the residual stream: the block passes it on while these are zero. */
  List<Parameter> outputs() {
    List<Parameter> all = new ArrayList<>(attention.linears().getLast().parameters());
    all.addAll(feedForward.linears().getLast().parameters());
    return all;
  }

  /** The same block with other matrices. */
  Block map(UnaryOperator<Linear> change) {
    return new Block(
        attentionNorm, attention.map(change), feedForwardNorm, feedForward.map(change));
  }

  List<Parameter> parameters() {
    List<Parameter> all = new ArrayList<>();
    linears().forEach(l -> all.addAll(l.parameters()));
    all.addAll(attentionNorm.parameters());
    all.addAll(feedForwardNorm.parameters());
    all.addAll(attention.normParameters());
    all.addAll(feedForward.normParameters());
    return all;
  }
}
