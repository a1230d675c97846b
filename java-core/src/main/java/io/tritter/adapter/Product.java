package io.tritter.adapter;

import io.tritter.kernel.Kernels;
import io.tritter.tensor.Tensor;

/** Products of matrices, named by which of them is transposed. */
final class Product {
  private Product() {}

  /** {@code c = a b^t}, or added to it. */
  static void abt(Tensor a, Tensor b, Tensor c, boolean add) {
    multiply(a, false, b, true, c, a.dim(1), add);
  }

  /** {@code c = a b}, or added to it. */
  static void ab(Tensor a, Tensor b, Tensor c, boolean add) {
    multiply(a, false, b, false, c, a.dim(1), add);
  }

  /** {@code c = a^t b}, or added to it. */
  static void atb(Tensor a, Tensor b, Tensor c, boolean add) {
    multiply(a, true, b, false, c, a.dim(0), add);
  }

  private static void multiply(
      Tensor a, boolean ta, Tensor b, boolean tb, Tensor c, int inner, boolean add) {
    Kernels.active().matmul(a.data(), ta, b.data(), tb, c.data(), c.dim(0), c.dim(1), inner, add);
  }
}
