package io.tritter.hybrid;

import io.tritter.kernel.Kernels;
import io.tritter.nn.Parameter;
import io.tritter.tensor.Tensor;
import java.util.List;

/** Arithmetic over all tensors of a model, in float64 where it sums. */
final class Tensors {
  private Tensors() {}

  static List<Tensor> values(List<Parameter> parameters) {
    return parameters.stream().map(Parameter::value).toList();
  }

  static List<Tensor> gradients(List<Parameter> parameters) {
    return parameters.stream().map(Parameter::gradient).toList();
  }

  static double dot(Tensor a, Tensor b) {
    return Kernels.active().dot(a.data(), b.data(), a.size());
  }

  static double dot(List<Tensor> a, List<Tensor> b) {
    double sum = 0;
    for (int i = 0; i < a.size(); i++) {
      sum += dot(a.get(i), b.get(i));
    }
    return sum;
  }

  /** Of two lists as one vector each; 0 where one is zero. */
  static double cosine(List<Tensor> a, List<Tensor> b) {
    double norms = Math.sqrt(dot(a, a) * dot(b, b));
    return norms > 0 ? dot(a, b) / norms : 0;
  }

  static void copy(List<Tensor> to, List<Tensor> from) {
    for (int i = 0; i < to.size(); i++) {
      to.get(i).copyFrom(from.get(i));
    }
  }

  /** {@code to = alpha x + beta to}. */
  static void axpby(List<Tensor> to, double alpha, List<Tensor> x, double beta) {
    for (int i = 0; i < to.size(); i++) {
      to.get(i).axpby((float) alpha, x.get(i), (float) beta);
    }
  }
}
