package io.tritter.adapter;

import io.tritter.nn.Parameter;
import io.tritter.tensor.Tensor;

/**
 * {@code add(x) = scaling * ((W1a W1b) * (W2a W2b)) x} with an element-wise product in the middle
 * (Hyeon-Woo et al., 2021), which is a matrix of rank r^2: the products of all pairs of columns
 * times those of all pairs of rows.
 */
final class Loha extends LinearAdapter {
  private final Pair outer;
  private final Pair inner;
  private final float scaling;

  /**
   * Two matrices of which each column, or row, of one meets each of the other.
   *
   * @param left the columns, [outFeatures, r], or rows, [r, inFeatures], that change slowly
   */
  private record Pair(Parameter left, Parameter right) {}

  /**
   * An adapter of given factors.
   *
   * @param a [outFeatures, r] each
   * @param b [r, inFeatures] each
   */
  Loha(String layer, String name, Tensor[] a, Tensor[] b, float scaling) {
    super(layer, name);
    this.scaling = scaling;
    Parameter a1 = parameter("hada_w1_a", a[0]);
    Parameter b1 = parameter("hada_w1_b", b[0]);
    outer = new Pair(a1, parameter("hada_w2_a", a[1]));
    inner = new Pair(b1, parameter("hada_w2_b", b[1]));
  }

  private int rank() {
    return inner.left().value().dim(0);
  }

  private LowRank product() {
    int r = rank();
    Tensor a1 = outer.left().value();
    Tensor a2 = outer.right().value();
    Tensor b = Tensor.zeros(a1.dim(0), r * r);
    for (int o = 0; o < a1.dim(0); o++) {
      for (int p = 0; p < r; p++) {
        for (int q = 0; q < r; q++) {
          b.set(((long) o * r + p) * r + q, a1.get((long) o * r + p) * a2.get((long) o * r + q));
        }
      }
    }
    Tensor a = Tensor.zeros(r * r, inner.left().value().dim(1));
    for (int p = 0; p < r; p++) {
      for (int q = 0; q < r; q++) {
        Tensor row = row(inner.right(), q);
        Tensor out = a.rows(p * r + q, p * r + q + 1);
        Columns.scale(row(inner.left(), p), row, out);
      }
    }
    return new LowRank(a, b);
  }

  private static Tensor row(Parameter p, int row) {
    return p.value().rows(row, row + 1);
  }

  @Override
  void add(Tensor x, float weight, Tensor y) {
    product().add(x, weight * scaling, y);
  }

  @Override
  void addBackward(Tensor x, Tensor dy, float weight, Tensor dx) {
    LowRank product = product();
    Tensor da = Tensor.zeros(product.a().shape());
    Tensor db = Tensor.zeros(product.b().shape());
    product.backward(x, dy, weight * scaling, dx, da, db);
    int r = rank();
    for (int p = 0; p < r; p++) {
      for (int q = 0; q < r; q++) {
        Tensor d = da.rows(p * r + q, p * r + q + 1);
        Columns.addScaled(d, row(inner.right(), q), 1f, inner.left().gradient().rows(p, p + 1));
        Columns.addScaled(d, row(inner.left(), p), 1f, inner.right().gradient().rows(q, q + 1));
      }
    }
    outerBackward(db, r);
  }

  private void outerBackward(Tensor db, int r) {
    Tensor a1 = outer.left().value();
    Tensor a2 = outer.right().value();
    Tensor d1 = outer.left().gradient();
    Tensor d2 = outer.right().gradient();
    for (long o = 0; o < a1.dim(0); o++) {
      for (int p = 0; p < r; p++) {
        for (int q = 0; q < r; q++) {
          float d = db.get((o * r + p) * r + q);
          d1.set(o * r + p, d1.get(o * r + p) + d * a2.get(o * r + q));
          d2.set(o * r + q, d2.get(o * r + q) + d * a1.get(o * r + p));
        }
      }
    }
  }

  @Override
  void addDelta(float weight, Tensor w) {
    product().addTo(w, weight * scaling);
  }
}
