package io.tritter.kernel;

/**
 * Sizes and layout of one attention call.
 *
 * @param heads query heads, a multiple of {@code kvHeads}; query head h reads key head h / (heads /
 *     kvHeads)
 * @param causal query i sees the keys up to i + keys - queries
 * @param scale of the scores before the softmax, usually 1 / sqrt(headDim)
 * @param rowsFirst q is [batch, queries, heads, headDim] and k, v [batch, keys, kvHeads, headDim],
 *     as a projection leaves them; otherwise [batch, heads, queries, headDim]
 */
public record AttentionShape(
    int batch,
    int heads,
    int kvHeads,
    int queries,
    int keys,
    int headDim,
    boolean causal,
    float scale,
    boolean rowsFirst) {

  public AttentionShape {
    if (batch < 1 || heads < 1 || kvHeads < 1 || queries < 1 || keys < 1 || headDim < 1) {
      throw new IllegalArgumentException(
          ("attention: expected sizes of at least 1, got batch %d, heads %d, kvHeads %d, queries %d,"
                  + " keys %d, headDim %d")
              .formatted(batch, heads, kvHeads, queries, keys, headDim));
    }
    if (heads % kvHeads != 0) {
      throw new IllegalArgumentException(
          "attention: expected heads to be a multiple of kvHeads, got %d and %d"
              .formatted(heads, kvHeads));
    }
    if (causal && queries > keys) {
      throw new IllegalArgumentException(
          "attention: expected at most as many queries as keys when causal, got %d and %d"
              .formatted(queries, keys));
    }
  }

  /** Elements from one row (position) of a query head to the next. */
  public int queryStride() {
    return rowsFirst ? heads * headDim : headDim;
  }

  /** Elements from one row (position) of a key head to the next. */
  public int keyStride() {
    return rowsFirst ? kvHeads * headDim : headDim;
  }

  /** Elements of q, out, dout, dq. */
  public long queryElements() {
    return (long) batch * heads * queries * headDim;
  }

  /** Elements of k, v, dk, dv. */
  public long keyElements() {
    return (long) batch * kvHeads * keys * headDim;
  }

  /** Number of keys that a query sees, always the first ones. */
  public int visible(int query) {
    return causal ? query + 1 + keys - queries : keys;
  }

  /** The first query that sees a key; the later ones see it too. */
  int firstQuery(int key) {
    return causal ? Math.max(0, key - (keys - queries)) : 0;
  }

  /** Query heads that share a key head. */
  int group() {
    return heads / kvHeads;
  }

  /** First element of a query head in q, out, dout, dq. */
  public long queryOffset(int b, int head) {
    long base = (long) b * heads * queries * headDim;
    return base + (long) head * headDim * (rowsFirst ? 1 : queries);
  }

  /** First element of a key head in k, v, dk, dv. */
  public long keyOffset(int b, int kvHead) {
    long base = (long) b * kvHeads * keys * headDim;
    return base + (long) kvHead * headDim * (rowsFirst ? 1 : keys);
  }
}
