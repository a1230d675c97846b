package io.tritter.adapter;

import io.tritter.nn.Linear;
import io.tritter.nn.Parameter;
import io.tritter.tensor.Tensor;

/**
 * {@code y = W T(x) + bias}, the turns of {@code T} by their upper triangles (Qiu et al., 2023).
 */
final class Oft extends Rotation {
  private final Parameter triangles;
  private final boolean shared;

  /**
   * An adapter that turns nothing yet.
   *
   * @param shared whether all blocks have the same turn
   */
  Oft(String layer, String name, Linear base, int size, boolean shared, Cayley cayley) {
    super(layer, name, base, size, cayley);
    this.shared = shared;
    triangles = parameter("oft_R.weight", Tensor.zeros(shared ? 1 : blocks, size * (size - 1) / 2));
    weightsChanged();
  }

  private long first(int block) {
    return shared ? 0 : (long) block * triangles.value().dim(1);
  }

  @Override
  double[][] skew(int block) {
    double[][] q = new double[size][size];
    long at = first(block);
    for (int i = 0; i < size; i++) {
      for (int j = i + 1; j < size; j++) {
        q[i][j] = triangles.value().get(at);
        q[j][i] = -triangles.value().get(at);
        at++;
      }
    }
    return q;
  }

  @Override
  void skewBackward(int block, double[][] gradient) {
    Tensor g = triangles.gradient();
    long at = first(block);
    for (int i = 0; i < size; i++) {
      for (int j = i + 1; j < size; j++) {
        g.set(at, (float) (g.get(at) + gradient[i][j] - gradient[j][i]));
        at++;
      }
    }
  }
}
