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
   * @param keys all keys up to the last of these, {@code k} at the end
   * @param values all values up to the last of these, {@code v} at the end
   * @param position of the first row of each sequence
   */
  void forward(BlockActivations a, Tensor k, Tensor v, Tensor keys, Tensor values, int position) {
    projections.forward(a.attentionInput, a.q, k, v, a.joined);
    if (rotation != null) {
      rotation.turn(a.q, heads, a.batch, a.seqLen, position);
      rotation.turn(k, kvHeads, a.batch, a.seqLen, position);
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
    Kernels.active()
        .attentionBackward(
            a.q.data(),
            a.k.data(),
            a.v.data(),
            a.mixed.data(),
            a.logSumExp.data(),
            g.mixed.data(),
            g.q.data(),
            g.k.data(),
            g.v.data(),
            shape(a, a.seqLen));
    if (rotation != null) {
      rotation.turnBack(g.q, heads, a.batch, a.seqLen, 0);
      rotation.turnBack(g.k, kvHeads, a.batch, a.seqLen, 0);
    }
    projections.backward(a.attentionInput, g.q, g.k, g.v, g.branch, a.joined);
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
