package io.tritter.tornado;

import io.tritter.kernel.AttentionShape;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * The forward pass of a Llama's block as one {@link Sequence}: norm, queries, keys and values,
 * RoPE, attention and its projection added to x; norm, gate and up, SwiGLU, and down added to that.
 *
 * @param tokens rows of x
 * @param dim of a row, heads times headDim
 * @param inner of the feed-forward part
 */
record TransformerBlock(
    int tokens, int dim, int heads, int kvHeads, int inner, float theta, float eps) {
  /**
   * Weights as Hugging Face has them, [out, in], row by row.
   *
   * @param attentionNorm [dim]
   * @param feedForwardNorm [dim]
   */
  record Weights(
      MemorySegment attentionNorm,
      MemorySegment query,
      MemorySegment key,
      MemorySegment value,
      MemorySegment projection,
      MemorySegment feedForwardNorm,
      MemorySegment gate,
      MemorySegment up,
      MemorySegment down) {}

  /** Multiply-adds of a pass, without those of the attention. */
  long products() {
    long kv = (long) dim / heads * kvHeads;
    return tokens * (2L * dim * dim + 2L * dim * kv + 3L * dim * inner);
  }

  /** The block on the device. */
  Sequence on(String name, Weights w) {
    int headDim = dim / heads;
    int kv = headDim * kvHeads;
    int size = tokens * dim;
    long matrices = 2L * dim * dim + 2L * dim * kv + 3L * dim * inner + 2L * dim;
    long between = 6L * size + 2L * tokens * kv + 2L * tokens * inner + (long) tokens * heads;
    long all = matrices + between + 2L * size + (long) tokens * headDim + 64 * 32;
    Sequence q = new Sequence(name, Math.toIntExact(all), 1, size, size);
    int x = q.input();
    int y = q.output();
    int normed = q.room(size);
    int queries = q.room(size);
    int keys = q.room((long) tokens * kv);
    int values = q.room((long) tokens * kv);
    int mixed = q.room(size);
    int sums = q.room((long) tokens * heads);
    float[] turns = Rope.table(tokens, headDim, 0, theta, /* inverse= */ false);
    int table;
    try (Arena arena = Arena.ofConfined()) {
      table = q.weights(arena.allocateFrom(ValueLayout.JAVA_FLOAT, turns), turns.length);
    }
    q.add(RmsNorm.launch(x, q.weights(w.attentionNorm, dim), normed, tokens, dim, eps));
    product(q, normed, w.query, queries, dim, dim, false);
    product(q, normed, w.key, keys, kv, dim, false);
    product(q, normed, w.value, values, kv, dim, false);
    q.add(Rope.launch(queries, queries, table, 1, tokens, heads, headDim, false));
    q.add(Rope.launch(keys, keys, table, 1, tokens, kvHeads, headDim, false));
    float scale = (float) (1 / Math.sqrt(headDim));
    q.add(
        Attention.launch(
            queries,
            keys,
            values,
            mixed,
            sums,
            new AttentionShape(
                1, heads, kvHeads, tokens, tokens, headDim, /* causal= */ true, scale, true)));
    q.add(Axpby.launch(1, x, 0, y, size));
    product(q, mixed, w.projection, y, dim, dim, true);
    int gate = q.room((long) tokens * inner);
    int up = q.room((long) tokens * inner);
    q.add(RmsNorm.launch(y, q.weights(w.feedForwardNorm, dim), normed, tokens, dim, eps));
    product(q, normed, w.gate, gate, inner, dim, false);
    product(q, normed, w.up, up, inner, dim, false);
    q.add(SwiGlu.launch(gate, up, gate, tokens * inner));
    product(q, gate, w.down, y, dim, inner, true);
    return q;
  }

  private void product(
      Sequence q, int x, MemorySegment weight, int out, int cols, int length, boolean accumulate) {
    int at = q.weights(weight, (long) cols * length);
    q.add(Matmul.launch(x, false, at, true, out, tokens, cols, length, accumulate));
  }
}
