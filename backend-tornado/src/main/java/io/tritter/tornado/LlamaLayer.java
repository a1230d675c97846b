package io.tritter.tornado;

import io.tritter.kernel.AttentionShape;
import io.tritter.model.TransformerConfig;
import java.util.List;

/** A block of a Llama on the device in training: its forward pass and its backward pass. */
final class LlamaLayer {
  /**
   * What all layers of a pass share.
   *
   * @param batch sequences of a step
   * @param context ids of each
   * @param turns angles of RoPE
   * @param turnsBack the same backwards
   */
  record Pass(TransformerConfig config, int batch, int context, int turns, int turnsBack) {
    int rows() {
      return batch * context;
    }

    AttentionShape attention() {
      return new AttentionShape(
          batch,
          config.heads(),
          config.kvHeads(),
          context,
          context,
          config.headDim(),
          /* causal= */ true,
          (float) (1 / Math.sqrt(config.headDim())),
          /* rowsFirst= */ true);
    }
  }

  /** Gradients of activations, which the layers use one after the other. */
  record Gradients(
      int stream,
      int branch,
      int normed,
      int mixed,
      int q,
      int k,
      int v,
      int gate,
      int up,
      int deltas,
      int scales) {
    static Gradients in(Scratch m, Pass pass) {
      TransformerConfig c = pass.config();
      long rows = pass.rows();
      return new Gradients(
          m.floats(rows * c.hiddenSize()),
          m.floats(rows * c.hiddenSize()),
          m.floats(rows * c.hiddenSize()),
          m.floats(rows * c.querySize()),
          m.floats(rows * c.querySize()),
          m.floats(rows * c.kvSize()),
          m.floats(rows * c.kvSize()),
          m.floats(rows * c.intermediateSize()),
          m.floats(rows * c.intermediateSize()),
          m.floats(rows * c.heads()),
          m.floats(rows));
    }
  }

  private final Pass pass;
  private final DeviceParameters parameters;
  private final String prefix;
  private final int in;
  private final int normedForAttention;
  private final int q;
  private final int k;
  private final int v;
  private final int mixed;
  private final int logSumExp;
  private final int middle;
  private final int normedForFeedForward;
  private final int gate;
  private final int up;
  private final int hidden;
  private final int out;

  /** A layer whose parameters have names with this prefix, of what is at {@code in}. */
  LlamaLayer(Pass pass, Scratch m, DeviceParameters parameters, String prefix, int in) {
    TransformerConfig c = pass.config();
    long rows = pass.rows();
    this.pass = pass;
    this.parameters = parameters;
    this.prefix = prefix;
    this.in = in;
    normedForAttention = m.floats(rows * c.hiddenSize());
    q = m.floats(rows * c.querySize());
    k = m.floats(rows * c.kvSize());
    v = m.floats(rows * c.kvSize());
    mixed = m.floats(rows * c.querySize());
    logSumExp = m.floats(rows * c.heads());
    middle = m.floats(rows * c.hiddenSize());
    normedForFeedForward = m.floats(rows * c.hiddenSize());
    gate = m.floats(rows * c.intermediateSize());
    up = m.floats(rows * c.intermediateSize());
    hidden = m.floats(rows * c.intermediateSize());
    out = m.floats(rows * c.hiddenSize());
  }

  /** Where the result is. */
  int out() {
    return out;
  }

  private Product product(String name, int in, int out) {
    String weight = prefix + name + ".weight";
    return new Product(pass.rows(), in, out, parameters.value(weight), parameters.gradient(weight));
  }

  private Product queries() {
    return product("self_attn.q_proj", pass.config().hiddenSize(), pass.config().querySize());
  }

  private Product keys() {
    return product("self_attn.k_proj", pass.config().hiddenSize(), pass.config().kvSize());
  }

  private Product values() {
    return product("self_attn.v_proj", pass.config().hiddenSize(), pass.config().kvSize());
  }

  private Product projection() {
    return product("self_attn.o_proj", pass.config().querySize(), pass.config().hiddenSize());
  }

  private Product gates() {
    return product("mlp.gate_proj", pass.config().hiddenSize(), pass.config().intermediateSize());
  }

  private Product ups() {
    return product("mlp.up_proj", pass.config().hiddenSize(), pass.config().intermediateSize());
  }

  private Product downs() {
    return product("mlp.down_proj", pass.config().intermediateSize(), pass.config().hiddenSize());
  }

  private int elements(int cols) {
    return Math.multiplyExact(pass.rows(), cols);
  }

  private Launch rope(int x, int table, int heads) {
    TransformerConfig c = pass.config();
    return Rope.launch(x, x, table, pass.batch(), pass.context(), heads, c.headDim(), false);
  }

  private Launch norm(String name, int x, int normed) {
    TransformerConfig c = pass.config();
    int weight = parameters.value(prefix + name + ".weight");
    return RmsNorm.launch(x, weight, normed, pass.rows(), c.hiddenSize(), c.normEps());
  }

  /** Adds the kernels of the forward pass. */
  void forward(List<Launch> to) {
    TransformerConfig c = pass.config();
    to.add(norm("input_layernorm", in, normedForAttention));
    to.add(queries().forward(normedForAttention, q, false));
    to.add(keys().forward(normedForAttention, k, false));
    to.add(values().forward(normedForAttention, v, false));
    to.add(rope(q, pass.turns(), c.heads()));
    to.add(rope(k, pass.turns(), c.kvHeads()));
    to.add(Attention.launch(q, k, v, mixed, logSumExp, pass.attention()));
    to.add(Axpby.launch(1, in, 0, middle, elements(c.hiddenSize())));
    to.add(projection().forward(mixed, middle, true));
    to.add(norm("post_attention_layernorm", middle, normedForFeedForward));
    to.add(gates().forward(normedForFeedForward, gate, false));
    to.add(ups().forward(normedForFeedForward, up, false));
    to.add(SwiGlu.launch(gate, up, hidden, elements(c.intermediateSize())));
    to.add(Axpby.launch(1, middle, 0, out, elements(c.hiddenSize())));
    to.add(downs().forward(hidden, out, true));
  }

  /**
   * Adds the kernels of the backward pass.
   *
   * @param g whose stream has the gradient of the result and receives that of the input
   */
  void backward(List<Launch> to, Gradients g) {
    TransformerConfig c = pass.config();
    to.addAll(downs().backward(hidden, g.stream, g.gate, false));
    to.add(SwiGluBackward.launch(gate, up, g.gate, g.gate, g.up, elements(c.intermediateSize())));
    to.addAll(gates().backward(normedForFeedForward, g.gate, g.normed, false));
    to.addAll(ups().backward(normedForFeedForward, g.up, g.normed, true));
    normBackward(to, "post_attention_layernorm", middle, g);
    to.addAll(projection().backward(mixed, g.stream, g.mixed, false));
    to.addAll(
        AttentionBackward.launches(
            q, k, v, mixed, logSumExp, g.mixed, g.q, g.k, g.v, g.deltas, pass.attention()));
    to.add(rope(g.q, pass.turnsBack(), c.heads()));
    to.add(rope(g.k, pass.turnsBack(), c.kvHeads()));
    to.addAll(queries().backward(normedForAttention, g.q, g.normed, false));
    to.addAll(keys().backward(normedForAttention, g.k, g.normed, true));
    to.addAll(values().backward(normedForAttention, g.v, g.normed, true));
    normBackward(to, "input_layernorm", in, g);
  }

  /** Adds the gradient behind a norm, {@code g.normed}, to the stream. */
  private void normBackward(List<Launch> to, String name, int x, Gradients g) {
    TransformerConfig c = pass.config();
    String weight = prefix + name + ".weight";
    to.addAll(
        RmsNormBackward.launches(
            x,
            parameters.value(weight),
            g.normed,
            g.branch,
            parameters.gradient(weight),
            g.scales,
            pass.rows(),
            c.hiddenSize(),
            c.normEps()));
    to.add(Axpby.launch(1, g.branch, 1, g.stream, elements(c.hiddenSize())));
  }
}
