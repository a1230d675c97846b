package io.tritter.adapter;

import io.tritter.kernel.Kernels;
import io.tritter.tensor.Tensor;

/**
 * {@code add(x) = scaling * (W1 kron W2) x} (Edalati et al., 2022; Yeh et al., 2023): the input as
 * a matrix is multiplied with {@code W2} from one side and {@code W1} from the other.
 */
final class Lokr extends LinearAdapter {
  private final Factored outer;
  private final Factored inner;
  private final float scaling;

  /**
   * An adapter of given shapes.
   *
   * @param first [a, b]; the layer has b * d inputs
   * @param second [c, d]; the layer has a * c outputs
   */
  Lokr(String layer, String name, Factored.Start first, Factored.Start second, float scaling) {
    super(layer, name);
    this.scaling = scaling;
    outer = Factored.of(this, "lokr_w1", first);
    inner = Factored.of(this, "lokr_w2", second);
  }

  /** {@code W2} applied to each part of the input, [rows * b, c]. */
  private static Tensor parts(Tensor x, Tensor w1, Tensor w2) {
    int b = w1.dim(1);
    Tensor u = Work.ROWS.of(x.dim(0) * b, w2.dim(0));
    Product.abt(x.reshape(x.dim(0) * b, w2.dim(1)), w2, u, false);
    return u;
  }

  @Override
  void add(Tensor x, float weight, Tensor y) {
    Tensor w1 = outer.value();
    Tensor w2 = inner.value();
    Tensor u = parts(x, w1, w2);
    Tensor scaled = w1.copy();
    scaled.axpby(weight * scaling, scaled, 0f);
    int a = w1.dim(0);
    int b = w1.dim(1);
    int c = w2.dim(0);
    Kernels.active()
        .matmulBatched(
            scaled.data(),
            false,
            0,
            u.data(),
            false,
            (long) b * c,
            y.data(),
            (long) a * c,
            x.dim(0),
            a,
            c,
            b,
            true);
  }

  @Override
  void addBackward(Tensor x, Tensor dy, float weight, Tensor dx) {
    Tensor w1 = outer.value();
    Tensor w2 = inner.value();
    int rows = x.dim(0);
    int a = w1.dim(0);
    int b = w1.dim(1);
    int c = w2.dim(0);
    Tensor u = parts(x, w1, w2);
    Tensor d1 = Tensor.zeros(a, b);
    for (int r = 0; r < rows; r++) {
      Tensor dyOfRow = dy.rows(r, r + 1).reshape(a, c);
      Product.abt(dyOfRow, u.rows(r * b, (r + 1) * b), d1, true);
    }
    d1.axpby(weight * scaling, d1, 0f);
    outer.backward(d1);
    Tensor du = Work.ROWS_GRADIENT.of(rows * b, c);
    Kernels.active()
        .matmulBatched(
            w1.data(),
            true,
            0,
            dy.data(),
            false,
            (long) a * c,
            du.data(),
            (long) b * c,
            rows,
            b,
            c,
            a,
            false);
    du.axpby(weight * scaling, du, 0f);
    Tensor d2 = Tensor.zeros(w2.shape());
    Product.atb(du, x.reshape(rows * b, w2.dim(1)), d2, false);
    inner.backward(d2);
    Product.ab(du, w2, dx.reshape(rows * b, w2.dim(1)), true);
  }

  @Override
  void addDelta(float weight, Tensor w) {
    Tensor w1 = outer.value();
    Tensor w2 = inner.value();
    int c = w2.dim(0);
    int d = w2.dim(1);
    int in = w.dim(1);
    for (int i = 0; i < w1.dim(0); i++) {
      for (int j = 0; j < w1.dim(1); j++) {
        float factor = weight * scaling * w1.get((long) i * w1.dim(1) + j);
        for (int k = 0; k < c; k++) {
          for (int l = 0; l < d; l++) {
            long at = (i * c + k) * (long) in + j * (long) d + l;
            w.set(at, w.get(at) + factor * w2.get((long) k * d + l));
          }
        }
      }
    }
  }
}
