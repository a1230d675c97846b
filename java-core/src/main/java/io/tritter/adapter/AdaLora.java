package io.tritter.adapter;

import io.tritter.kernel.Kernels;
import io.tritter.nn.Linear;
import io.tritter.nn.Parameter;
import io.tritter.tensor.Tensor;
import java.util.random.RandomGenerator;

/**
 * {@code add(x) = scaling * B (E * A x)}: the form of a singular value decomposition, whose values
 * {@code E} can be taken away (Zhang et al., 2023).
 */
final class AdaLora extends LinearAdapter {
  private static final double DEVIATION = 0.02;

  private final LowRank product;
  private final Parameter a;
  private final Parameter b;
  private final Parameter e;
  private final float scaling;

  AdaLora(String layer, String name, Linear base, int rank, float scaling, RandomGenerator random) {
    super(layer, name);
    this.scaling = scaling;
    product =
        new LowRank(
            Draw.normal(random, DEVIATION, rank, base.inFeatures()),
            Draw.normal(random, DEVIATION, base.outFeatures(), rank));
    a = parameter("lora_A", product.a());
    b = parameter("lora_B", product.b());
    e = parameter("lora_E", Tensor.zeros(rank, 1));
  }

  Parameter a() {
    return a;
  }

  Parameter b() {
    return b;
  }

  Parameter e() {
    return e;
  }

  /** Adds the gradients of {@code weight * (|A A^t - 1| + |B^t B - 1|)}, which it returns. */
  double regularize(float weight) {
    Tensor gram = Tensor.zeros(a.value().dim(0), a.value().dim(0));
    Product.abt(a.value(), a.value(), gram, false);
    double ofA = fromOne(gram, weight);
    Product.ab(gram, a.value(), a.gradient(), true);
    Product.atb(b.value(), b.value(), gram, false);
    double ofB = fromOne(gram, weight);
    Product.ab(b.value(), gram, b.gradient(), true);
    return weight * (ofA + ofB);
  }

  /** {@code |G - 1|}; {@code G} becomes twice the gradient of it times {@code weight}. */
  private static double fromOne(Tensor gram, float weight) {
    int n = gram.dim(0);
    for (int i = 0; i < n; i++) {
      gram.set((long) i * n + i, gram.get((long) i * n + i) - 1);
    }
    double norm = Math.sqrt(Kernels.active().dot(gram.data(), gram.data(), gram.size()));
    gram.axpby(norm == 0 ? 0 : (float) (2 * weight / norm), gram, 0f);
    return norm;
  }

  private LowRank withValues() {
    Tensor scaled = product.b().copy();
    Columns.scale(scaled, e.value(), scaled);
    return new LowRank(product.a(), scaled);
  }

  @Override
  void add(Tensor x, float weight, Tensor y) {
    withValues().add(x, weight * scaling, y);
  }

  @Override
  void addBackward(Tensor x, Tensor dy, float weight, Tensor dx) {
    Tensor db = Tensor.zeros(b.value().shape());
    withValues().backward(x, dy, weight * scaling, dx, a.gradient(), db);
    Columns.addDots(b.value(), db, 1f, e.gradient());
    Columns.addScaled(db, e.value(), 1f, b.gradient());
  }

  @Override
  void addDelta(float weight, Tensor w) {
    withValues().addTo(w, weight * scaling);
  }
}
