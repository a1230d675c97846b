package io.tritter.adapter;

import io.tritter.tensor.Tensor;

/**
 * {@code y += factor * x A^t B^t}, without {@code B A}.
 *
 * @param a [rank, inFeatures]
 * @param b [outFeatures, rank]
 */
record LowRank(Tensor a, Tensor b) {
  void add(Tensor x, float factor, Tensor y) {
    Tensor h = hidden(x);
    h.axpby(factor, h, 0f);
    Product.abt(h, b, y, true);
  }

  /** {@code x A^t}, [rows, rank]. */
  Tensor hidden(Tensor x) {
    Tensor h = Work.RANK.of(x.dim(0), a.dim(0));
    Product.abt(x, a, h, false);
    return h;
  }

  /** Backward of {@link #add} to everything. */
  void backward(Tensor x, Tensor dy, float factor, Tensor dx, Tensor da, Tensor db) {
    Tensor h = hidden(x);
    h.axpby(factor, h, 0f);
    Product.atb(dy, h, db, true);
    Tensor dh = hiddenGradient(dy, factor);
    Product.atb(dh, x, da, true);
    Product.ab(dh, a, dx, true);
  }

  /** Backward of {@link #add} to {@code x}. */
  void backwardInput(Tensor dy, float factor, Tensor dx) {
    Product.ab(hiddenGradient(dy, factor), a, dx, true);
  }

  private Tensor hiddenGradient(Tensor dy, float factor) {
    Tensor dh = Work.RANK_GRADIENT.of(dy.dim(0), a.dim(0));
    Product.ab(dy, b, dh, false);
    dh.axpby(factor, dh, 0f);
    return dh;
  }

  /** {@code w += factor * B A}. */
  void addTo(Tensor w, float factor) {
    LowRank scaled = times(factor);
    Product.ab(scaled.b, a, w, true);
  }

  /** {@code factor * B A}, with the same {@code A}. */
  LowRank times(float factor) {
    Tensor scaled = b.copy();
    scaled.axpby(factor, scaled, 0f);
    return new LowRank(a, scaled);
  }
}
