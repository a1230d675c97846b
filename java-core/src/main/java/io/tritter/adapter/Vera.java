package io.tritter.adapter;

import io.tritter.nn.Linear;
import io.tritter.nn.Parameter;
import io.tritter.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Map;

/**
 * {@code add(x) = b * B (d * A x)} with random {@code A} and {@code B} that do not learn and all
 * layers share, each taking the first rows and columns that it needs (Kopiczko et al., 2023).
 */
final class Vera extends LinearAdapter {
  private final Map<String, Tensor> shared;
  private final LowRank product;
  private final Parameter lambdaB;
  private final Parameter lambdaD;

  /**
   * An adapter with {@code b} of zeros.
   *
   * @param a [rank, at least inFeatures]
   * @param b [at least outFeatures, rank]
   */
  Vera(String layer, String name, Linear base, Tensor a, Tensor b, float initialD) {
    super(layer, name);
    shared = Map.of("vera_A", a, "vera_B", b);
    int in = base.inFeatures();
    Tensor part = a.dim(1) == in ? a : Tensor.zeros(a.dim(0), in);
    product = new LowRank(part, b.rows(0, base.outFeatures()));
    weightsChanged();
    float[] d = new float[a.dim(0)];
    Arrays.fill(d, initialD);
    lambdaB = parameter("vera_lambda_b", Tensor.zeros(base.outFeatures()));
    lambdaD = parameter("vera_lambda_d", Tensor.of(d, d.length));
  }

  @Override
  public Map<String, Tensor> shared() {
    return shared;
  }

  /** Takes the columns of {@code A} that this layer needs, as they are now. */
  @Override
  public void weightsChanged() {
    Tensor all = shared.get("vera_A");
    Tensor part = product.a();
    if (all == null || part == all) {
      return;
    }
    long bytes = (long) part.dim(1) * Float.BYTES;
    for (int r = 0; r < part.dim(0); r++) {
      MemorySegment.copy(all.rows(r, r + 1).data(), 0, part.rows(r, r + 1).data(), 0, bytes);
    }
  }

  @Override
  void add(Tensor x, float weight, Tensor y) {
    Columns.addScaled(unscaled(x), lambdaB.value(), weight, y);
  }

  /** {@code B (d * A x)}. */
  private Tensor unscaled(Tensor x) {
    Tensor h = product.hidden(x);
    Columns.scale(h, lambdaD.value(), h);
    Tensor u = Work.ROWS.of(x.dim(0), product.b().dim(0));
    Product.abt(h, product.b(), u, false);
    return u;
  }

  @Override
  void addBackward(Tensor x, Tensor dy, float weight, Tensor dx) {
    Columns.addDots(unscaled(x), dy, weight, lambdaB.gradient());
    Tensor du = Work.ROWS_GRADIENT.of(dy.dim(0), dy.dim(1));
    Columns.scale(dy, lambdaB.value(), du);
    Tensor dh = Work.RANK_GRADIENT.of(x.dim(0), product.a().dim(0));
    Product.ab(du, product.b(), dh, false);
    Columns.addDots(product.hidden(x), dh, weight, lambdaD.gradient());
    Columns.scale(dh, lambdaD.value(), dh);
    dh.axpby(weight, dh, 0f);
    Product.ab(dh, product.a(), dx, true);
  }

  @Override
  void addDelta(float weight, Tensor w) {
    Tensor scaled = product.b().copy();
    Columns.scale(scaled, lambdaD.value(), scaled);
    for (int r = 0; r < scaled.dim(0); r++) {
      Tensor row = scaled.rows(r, r + 1);
      row.axpby(lambdaB.value().get(r), row, 0f);
    }
    new LowRank(product.a(), scaled).addTo(w, weight);
  }
}
