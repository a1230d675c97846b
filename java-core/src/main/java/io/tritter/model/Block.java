package io.tritter.model;

import io.tritter.kernel.AttentionShape;
import io.tritter.kernel.Kernels;
import io.tritter.nn.Linear;
import io.tritter.nn.Parameter;
import io.tritter.nn.RmsNorm;
import io.tritter.nn.SharedInput;
import io.tritter.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * One pre-norm block: {@code x + attention(norm(x))}, then {@code x + feedForward(norm(x))}.
 *
 * @param attentionNorm norm of the attention's input
 * @param attentionSubNorm norm before {@code output}, if the model has one
 * @param feedForwardNorm norm of the feed-forward input
 * @param feedForwardSubNorm norm before {@code down}, if the model has one
 */
record Block(
    RmsNorm attentionNorm,
    Linear query,
    Linear key,
    Linear value,
    @Nullable RmsNorm attentionSubNorm,
    Linear output,
    RmsNorm feedForwardNorm,
    Linear gate,
    Linear up,
    @Nullable RmsNorm feedForwardSubNorm,
    Linear down,
    TransformerConfig config) {

  /** Computes {@code a.out} from {@code a.in}, and keeps in {@code a} what backward needs. */
  void forward(BlockActivations a) {
    attend(a, a.k, a.v, a.k, a.v, 0);
    feedForward(a);
  }

  /**
   * {@link #forward} of the next positions of one sequence, with the keys and values of the earlier
   * ones in {@code cache}, which grows by these.
   */
  void decode(BlockActivations a, KeyValueCache.Layer cache, int position) {
    Tensor k = cache.keys().rows(position, position + a.seqLen);
    Tensor v = cache.values().rows(position, position + a.seqLen);
    attend(a, k, v, cache.keys(), cache.values(), position);
    feedForward(a);
  }

  /**
   * The attention half.
   *
   * @param k where the keys of these positions go
   * @param v where the values of these positions go
   * @param keys all keys up to the last of these, {@code k} at the end
   * @param values all values up to the last of these, {@code v} at the end
   * @param position of the first row of each sequence
   */
  private void attend(
      BlockActivations a, Tensor k, Tensor v, Tensor keys, Tensor values, int position) {
    a.attentionInput.norm(attentionNorm, a.in);
    query.forward(a.attentionInput, a.q);
    key.forward(a.attentionInput, k);
    value.forward(a.attentionInput, v);
    rope(a.q, config.heads(), a, position, false);
    rope(k, config.kvHeads(), a, position, false);
    Kernels.active()
        .attention(
            a.q.data(),
            keys.data(),
            values.data(),
            a.mixed.data(),
            a.logSumExp.data(),
            attentionShape(a, position + a.seqLen));
    subNorm(attentionSubNorm, a.mixed, a.outputInput);
    output.forward(a.outputInput, a.middle);
    a.middle.axpby(1f, a.in, 1f);
  }

  private void feedForward(BlockActivations a) {
    a.feedForwardInput.norm(feedForwardNorm, a.middle);
    gate.forward(a.feedForwardInput, a.gate);
    up.forward(a.feedForwardInput, a.up);
    gated(a);
    subNorm(feedForwardSubNorm, a.hidden, a.downInput);
    down.forward(a.downInput, a.out);
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
    Kernels kernels = Kernels.active();
    down.backward(a.downInput, g.stream, g.hidden, false);
    subNormBackward(feedForwardSubNorm, a.hidden, g.hidden);
    gatedBackward(a, g);
    gate.backward(a.feedForwardInput, g.gate, g.branch, false);
    up.backward(a.feedForwardInput, g.up, g.branch, true);
    feedForwardNorm.backward(a.middle, g.branch, g.branch);
    g.stream.axpby(1f, g.branch, 1f);

    output.backward(a.outputInput, g.stream, g.mixed, false);
    subNormBackward(attentionSubNorm, a.mixed, g.mixed);
    kernels.attentionBackward(
        a.q.data(),
        a.k.data(),
        a.v.data(),
        a.mixed.data(),
        a.logSumExp.data(),
        g.mixed.data(),
        g.q.data(),
        g.k.data(),
        g.v.data(),
        attentionShape(a, a.seqLen));
    rope(g.q, config.heads(), a, 0, true);
    rope(g.k, config.kvHeads(), a, 0, true);
    query.backward(a.attentionInput, g.q, g.branch, false);
    key.backward(a.attentionInput, g.k, g.branch, true);
    value.backward(a.attentionInput, g.v, g.branch, true);
    attentionNorm.backward(a.in, g.branch, g.branch);
    g.stream.axpby(1f, g.branch, 1f);
  }

  private void gated(BlockActivations a) {
    Kernels.active()
        .gated(config.activation(), a.gate.data(), a.up.data(), a.hidden.data(), a.hidden.size());
  }

  private void gatedBackward(BlockActivations a, BlockGradients g) {
    Kernels.active()
        .gatedBackward(
            config.activation(),
            a.gate.data(),
            a.up.data(),
            g.hidden.data(),
            g.gate.data(),
            g.up.data(),
            a.hidden.size());
  }

  /** Without a norm the input lies on the memory of {@code x}. */
  private static void subNorm(@Nullable RmsNorm norm, Tensor x, SharedInput input) {
    if (norm != null) {
      input.norm(norm, x);
    } else {
      input.changed();
    }
  }

  private static void subNormBackward(@Nullable RmsNorm norm, Tensor x, Tensor dout) {
    if (norm != null) {
      norm.backward(x, dout, dout);
    }
  }

  private void rope(Tensor x, int heads, BlockActivations a, int position, boolean inverse) {
    Kernels.active()
        .rope(
            x.data(),
            x.data(),
            a.batch,
            a.seqLen,
            heads,
            config.headDim(),
            position,
            config.ropeTheta(),
            false,
            inverse);
  }

  private AttentionShape attentionShape(BlockActivations a, int keys) {
    return new AttentionShape(
        a.batch,
        config.heads(),
        config.kvHeads(),
        a.seqLen,
        keys,
        config.headDim(),
        true,
        (float) (1 / Math.sqrt(config.headDim())),
        true);
  }

  /** The seven matrices in the order of the forward pass. */
  List<Linear> linears() {
    return List.of(query, key, value, output, gate, up, down);
  }

  /** The same block with other matrices. */
  Block map(UnaryOperator<Linear> change) {
    return new Block(
        attentionNorm,
        change.apply(query),
        change.apply(key),
        change.apply(value),
        attentionSubNorm,
        change.apply(output),
        feedForwardNorm,
        change.apply(gate),
        change.apply(up),
        feedForwardSubNorm,
        change.apply(down),
        config);
  }

  List<Parameter> parameters() {
    List<Parameter> all = new ArrayList<>();
    linears().forEach(l -> all.addAll(l.parameters()));
    all.add(attentionNorm.weight());
    all.add(feedForwardNorm.weight());
    if (attentionSubNorm != null) {
      all.add(attentionSubNorm.weight());
    }
    if (feedForwardSubNorm != null) {
      all.add(feedForwardSubNorm.weight());
    }
    return all;
  }
}
