package io.tritter.model;

import io.tritter.kernel.AttentionShape;
import io.tritter.kernel.Kernels;
import io.tritter.nn.Linear;
import io.tritter.nn.Norm;
import io.tritter.nn.Parameter;
import io.tritter.nn.SharedInput;
import io.tritter.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Causal attention: {@code output(subNorm(softmax(q k^T / sqrt(headDim)) v))}.
 *
 * @param projections q, k and v of the input
 * @param rotation of queries and keys; null where positions are part of the input
 * @param subNorm norm before {@code output}, if the model has one
 */
record Attention(
    Projections projections,
    @Nullable Rotation rotation,
    @Nullable Norm subNorm,
    Linear output,
    int heads,
    int kvHeads,
    int headDim) {

  /**
   * Computes {@code a.middle} from {@code a.attentionInput}.
   *
   * @param k where the keys of these positions go
   * @param v where the values of these positions go
   * @param keys all keys up to the last of these, {@code k} at the end, or where they are joined
   * @param values as {@code keys}
   * @param position of the first row of each sequence
   */
  void forward(BlockActivations a, Tensor k, Tensor v, Tensor keys, Tensor values, int position) {
    projections.forward(a.attentionInput, a.q, k, v, a.joined);
    if (rotation != null) {
      rotation.turn(a.q, heads, a.batch, a.seqLen, position);
      rotation.turn(k, kvHeads, a.batch, a.seqLen, position);
    }
    if (a.prefix != null) {
      a.prefix.join(a.layer, k, v);
    }
    Kernels.active()
        .attention(
            a.q.data(),
            keys.data(),
            values.data(),
            a.mixed.data(),
            a.logSumExp.data(),
            shape(a, position + a.seqLen));
    subNorm(subNorm, a.mixed, a.outputInput);
    output.forward(a.outputInput, a.middle);
  }

  /** Backward of {@link #forward}: from {@code g.stream} to {@code g.branch}. */
  void backward(BlockActivations a, BlockGradients g) {
    output.backward(a.outputInput, g.stream, g.mixed, false);
    if (subNorm != null) {
      subNorm.backward(a.mixed, g.mixed, g.mixed);
    }
    int first = scoresBackward(a, g);
    if (rotation != null) {
      rotation.turnBack(g.q, heads, a.batch, a.seqLen, first);
      rotation.turnBack(g.k, kvHeads, a.batch, a.seqLen, first);
    }
    projections.backward(a.attentionInput, g.q, g.k, g.v, g.branch, a.joined);
  }

  /**
   * From {@code g.mixed} to {@code g.q}, {@code g.k} and {@code g.v}, and to the prefix.
   *
   * @return the position of the first row of each sequence
   */
  private int scoresBackward(BlockActivations a, BlockGradients g) {
    KeyValuePrefix prefix = a.prefix;
    if (prefix == null) {
      scoresBackward(a, a.k, a.v, g, g.k, g.v);
      return 0;
    }
    prefix.join(a.layer, a.k, a.v);
    scoresBackward(
        a, prefix.keys, prefix.values, g, prefix.keyGradients(), prefix.valueGradients());
    prefix.split(a.layer, g.k, g.v);
    return prefix.length();
  }

  private void scoresBackward(
      BlockActivations a,
      Tensor keys,
      Tensor values,
      BlockGradients g,
      Tensor dkeys,
      Tensor dvalues) {
    Kernels.active()
        .attentionBackward(
            a.q.data(),
            keys.data(),
            values.data(),
            a.mixed.data(),
            a.logSumExp.data(),
            g.mixed.data(),
            g.q.data(),
            dkeys.data(),
            dvalues.data(),
            shape(a, keys.dim(0) / a.batch));
  }

  /** Without a norm the input lies on the memory of {@code x}. */
  static void subNorm(@Nullable Norm norm, Tensor x, SharedInput input) {
    if (norm != null) {
      input.norm(norm, x);
    } else {
      input.changed();
    }
  }

  private AttentionShape shape(BlockActivations a, int keys) {
    return new AttentionShape(
        a.batch,
        heads,
        kvHeads,
        a.seqLen,
        keys,
        headDim,
        true,
        (float) (1 / Math.sqrt(headDim)),
        true);
  }

  List<Linear> linears() {
    List<Linear> all = new ArrayList<>(projections.linears());
    all.add(output);
    return all;
  }

  /** Those of the sub-norm, if there is one. */
  List<Parameter> normParameters() {
    return subNorm == null ? List.of() : subNorm.parameters();
  }

  /** The same with other matrices. */
  Attention map(UnaryOperator<Linear> change) {
    return new Attention(
        projections.map(change), rotation, subNorm, change.apply(output), heads, kvHeads, headDim);
  }
}
