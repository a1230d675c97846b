package io.tritter.adapter;

import io.tritter.nn.Linear;
import io.tritter.nn.Parameter;
import io.tritter.tensor.Tensor;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * {@code y = s * W T(x) + bias}, the turns of {@code T} by whole matrices, of which the
 * skew-symmetric part counts (Liu et al., 2023); one butterfly factor, as PEFT has it on a CPU.
 */
final class Boft extends Rotation {
  private final Parameter matrices;
  private final Parameter scale;

  Boft(String layer, String name, Linear base, int size) {
    super(layer, name, base, size, Cayley.EXACT);
    matrices = parameter("boft_R", Tensor.zeros(1, blocks, size, size));
    float[] ones = new float[base.outFeatures()];
    Arrays.fill(ones, 1f);
    scale = parameter("boft_s", Tensor.of(ones, ones.length, 1));
    weightsChanged();
  }

  private long at(int block, int i, int j) {
    return ((long) block * size + i) * size + j;
  }

  @Override
  double[][] skew(int block) {
    double[][] q = new double[size][size];
    for (int i = 0; i < size; i++) {
      for (int j = 0; j < size; j++) {
        Tensor r = matrices.value();
        q[i][j] = 0.5 * (r.get(at(block, i, j)) - r.get(at(block, j, i)));
      }
    }
    return q;
  }

  @Override
  void skewBackward(int block, double[][] gradient) {
    Tensor g = matrices.gradient();
    for (int i = 0; i < size; i++) {
      for (int j = 0; j < size; j++) {
        long at = at(block, i, j);
        g.set(at, (float) (g.get(at) + 0.5 * (gradient[i][j] - gradient[j][i])));
      }
    }
  }

  @Override
  @Nullable Tensor gain() {
    return scale.value();
  }

  @Override
  void gainBackward(Tensor dgain) {
    scale.gradient().axpby(1f, dgain, 1f);
  }
}
