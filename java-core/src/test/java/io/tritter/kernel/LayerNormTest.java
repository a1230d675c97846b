package io.tritter.kernel;

import static io.tritter.kernel.Samples.SCALAR;
import static io.tritter.kernel.Samples.assertClose;
import static io.tritter.kernel.Samples.normal;

import io.tritter.tensor.Tensor;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class LayerNormTest {
  private static final float EPS = 1e-5f;

  /** Float32 lanes against float64 sums of at most 1021 products. */
  private static final double FLOAT32_SUMS = 5e-6;

  /** The same, where rows of a few elements make the scale as large as 300. */
  private static final double NARROW_ROWS = 1e-4;

  @ParameterizedTest
  @MethodSource("io.tritter.kernel.Samples#backendsAndSizes")
  void equalsScalar(Kernels kernels, int dim) {
    double bound = dim < 8 ? NARROW_ROWS : FLOAT32_SUMS;
    Case expected = new Case(37, dim).run(SCALAR);
    Case actual = new Case(37, dim).run(kernels);
    assertClose("out", expected.out, actual.out, bound);
    assertClose("dx", expected.dx, actual.dx, bound);
    assertClose("dweight", expected.dweight, actual.dweight, bound);
    assertClose("dbias", expected.dbias, actual.dbias, bound);
  }

  @ParameterizedTest
  @MethodSource("io.tritter.kernel.Samples#backends")
  void aLargeMeanDoesNotSpoilTheVariance(Kernels kernels) {
    int dim = 1000;
    Case c = new Case(1, dim);
    for (int i = 0; i < dim; i++) {
      c.x.set(i, 4096 + (i % 2 == 0 ? 0.5f : -0.5f));
      c.weight.set(i, 1);
      c.bias.set(i, 0);
    }
    c.run(kernels);
    for (int i = 0; i < dim; i++) {
      c.dout.set(i, i % 2 == 0 ? 1 : -1);
    }
    assertClose("out", c.dout, c.out, 3 * EPS);
  }

  @ParameterizedTest
  @MethodSource("io.tritter.kernel.Samples#backends")
  void worksInPlace(Kernels kernels) {
    Case expected = new Case(5, 67).run(kernels);
    Case actual = new Case(5, 67);
    Tensor x = actual.x.copy();
    kernels.layerNorm(x.data(), actual.weight.data(), actual.bias.data(), x.data(), 5, 67, EPS);
    assertClose("out", expected.out, x, 0);
    actual.dx = actual.dout;
    actual.backward(kernels);
    assertClose("dx", expected.dx, actual.dout, 0);
  }

  @ParameterizedTest
  @MethodSource("io.tritter.kernel.Samples#backends")
  void addsToTheGradientsOfTheParameters(Kernels kernels) {
    Case once = new Case(9, 33).run(kernels);
    Case twice = new Case(9, 33).run(kernels);
    twice.backward(kernels);
    once.dweight.axpby(1, once.dweight.copy(), 1);
    once.dbias.axpby(1, once.dbias.copy(), 1);
    assertClose("dweight", once.dweight, twice.dweight, FLOAT32_SUMS);
    assertClose("dbias", once.dbias, twice.dbias, FLOAT32_SUMS);
  }

  @ParameterizedTest
  @MethodSource("io.tritter.kernel.Samples#backends")
  void backwardIsTheDerivative(Kernels kernels) {
    Case c = new Case(3, 19).run(kernels);
    double[] x = Differences.doubles(c.x);
    double[] weight = Differences.doubles(c.weight);
    double[] bias = Differences.doubles(c.bias);
    double[] dout = Differences.doubles(c.dout);
    Tensor dx = Differences.gradient(at -> Differences.dot(reference(at, weight, bias), dout), c.x);
    Tensor dweight =
        Differences.gradient(at -> Differences.dot(reference(x, at, bias), dout), c.weight);
    Tensor dbias =
        Differences.gradient(at -> Differences.dot(reference(x, weight, at), dout), c.bias);
    assertClose("dx", dx, c.dx, FLOAT32_SUMS);
    assertClose("dweight", dweight, c.dweight, FLOAT32_SUMS);
    assertClose("dbias", dbias, c.dbias, FLOAT32_SUMS);
  }

  private static double[] reference(double[] x, double[] weight, double[] bias) {
    int dim = weight.length;
    double[] out = new double[x.length];
    for (int row = 0; row < x.length; row += dim) {
      double mean = 0;
      double squares = 0;
      for (int i = 0; i < dim; i++) {
        mean += x[row + i] / dim;
        squares += x[row + i] * x[row + i] / dim;
      }
      double scale = Math.sqrt(squares - mean * mean + EPS);
      for (int i = 0; i < dim; i++) {
        out[row + i] = (x[row + i] - mean) / scale * weight[i] + bias[i];
      }
    }
    return out;
  }

  /** Inputs and results of one shape. */
  private static final class Case {
    final int rows;
    final int dim;
    final Tensor x;
    final Tensor weight;
    final Tensor bias;
    final Tensor dout;
    final Tensor out;
    final Tensor dweight;
    final Tensor dbias;
    Tensor dx;

    Case(int rows, int dim) {
      this.rows = rows;
      this.dim = dim;
      x = normal(1, rows, dim);
      weight = normal(2, dim);
      bias = normal(3, dim);
      dout = normal(4, rows, dim);
      out = Tensor.zeros(rows, dim);
      dx = Tensor.zeros(rows, dim);
      dweight = Tensor.zeros(dim);
      dbias = Tensor.zeros(dim);
    }

    Case run(Kernels kernels) {
      kernels.layerNorm(x.data(), weight.data(), bias.data(), out.data(), rows, dim, EPS);
      backward(kernels);
      return this;
    }

    void backward(Kernels kernels) {
      kernels.layerNormBackward(
          x.data(),
          weight.data(),
          dout.data(),
          dx.data(),
          dweight.data(),
          dbias.data(),
          rows,
          dim,
          EPS);
    }
  }
}
