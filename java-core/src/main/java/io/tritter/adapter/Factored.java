package io.tritter.adapter;

import io.tritter.nn.Parameter;
import io.tritter.tensor.Tensor;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A matrix that learns, whole or as a product.
 *
 * @param left the matrix, or [rows, r]
 * @param right [r, cols], or null where {@code left} is all
 */
record Factored(Parameter left, @Nullable Parameter right) {
  /** What a matrix begins with; see {@link Factored}. */
  record Start(Tensor left, @Nullable Tensor right) {
    /**
     * A random matrix, or zeros, of rank {@code r}.
     *
     * @param whole not as a product
     */
    static Start of(
        RandomGenerator random, int rows, int cols, int r, boolean whole, boolean zero) {
      int inner = whole ? cols : r;
      Tensor left =
          zero
              ? Tensor.zeros(rows, inner)
              : Draw.uniform(random, 1 / Math.sqrt(inner), rows, inner);
      return new Start(left, whole ? null : Draw.uniform(random, 1 / Math.sqrt(cols), r, cols));
    }
  }

  static Factored of(LinearAdapter adapter, String key, Start start) {
    return start.right() == null
        ? new Factored(adapter.parameter(key, start.left()), null)
        : new Factored(
            adapter.parameter(key + "_a", start.left()),
            adapter.parameter(key + "_b", start.right()));
  }

  Tensor value() {
    if (right == null) {
      return left.value();
    }
    Tensor product = Tensor.zeros(left.value().dim(0), right.value().dim(1));
    Product.ab(left.value(), right.value(), product, false);
    return product;
  }

  /** Takes the gradient of {@link #value}. */
  void backward(Tensor d) {
    if (right == null) {
      left.gradient().axpby(1f, d, 1f);
    } else {
      Product.abt(d, right.value(), left.gradient(), true);
      Product.atb(left.value(), d, right.gradient(), true);
    }
  }
}
