package io.tritter.kernel;

import static io.tritter.kernel.Samples.SCALAR;
import static io.tritter.kernel.Samples.assertClose;
import static io.tritter.kernel.Samples.normal;

import io.tritter.Golden;
import io.tritter.tensor.Tensor;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class RmsNormTest {
  private static final float EPS = 1e-5f;
  private static final double FORWARD = 1e-5;
  private static final double BACKWARD = 1e-4;

  /** Float32 lanes against float64 sums of at most 1021 products. */
  private static final double FLOAT32_SUMS = 3e-6;

  @ParameterizedTest
  @MethodSource("io.tritter.kernel.Samples#backendsAndSizes")
  void equalsScalar(Kernels kernels, int dim) {
    Case expected = new Case(37, dim).run(SCALAR);
    Case actual = new Case(37, dim).run(kernels);
    assertClose("out", expected.out, actual.out, FLOAT32_SUMS);
    assertClose("dx", expected.dx, actual.dx, FLOAT32_SUMS);
    assertClose("dweight", expected.dweight, actual.dweight, FLOAT32_SUMS);
  }

  @ParameterizedTest
  @MethodSource("io.tritter.kernel.Samples#backends")
  void worksInPlace(Kernels kernels) {
    Case expected = new Case(5, 67).run(kernels);
    Case actual = new Case(5, 67);
    Tensor x = actual.x.copy();
    kernels.rmsNorm(x.data(), actual.weight.data(), x.data(), 5, 67, EPS);
    assertClose("out", expected.out, x, 0);
    actual.dx = actual.dout;
    actual.backward(kernels);
    assertClose("dx", expected.dx, actual.dout, 0);
  }

  @ParameterizedTest
  @MethodSource("io.tritter.kernel.Samples#backends")
  void addsToTheGradientOfTheWeight(Kernels kernels) {
    Case once = new Case(9, 33).run(kernels);
    Case twice = new Case(9, 33).run(kernels);
    twice.backward(kernels);
    for (int i = 0; i < 33; i++) {
      once.dweight.set(i, 2 * once.dweight.get(i));
    }
    assertClose("dweight", once.dweight, twice.dweight, FLOAT32_SUMS);
  }

  @ParameterizedTest
  @MethodSource("io.tritter.kernel.Samples#backends")
  void isPyTorchs(Kernels kernels) {
    Golden.Case golden = Golden.load("rms_norm");
    Case actual = new Case(golden.get("x").dim(0), golden.get("x").dim(1));
    actual.x.copyFrom(golden.get("x"));
    actual.weight.copyFrom(golden.get("weight"));
    actual.dout.copyFrom(golden.get("dout"));
    actual.run(kernels);
    assertClose("out", golden.get("out"), actual.out, FORWARD);
    assertClose("dx", golden.get("dx"), actual.dx, BACKWARD);
    assertClose("dweight", golden.get("dweight"), actual.dweight, BACKWARD);
  }

  @ParameterizedTest
  @MethodSource("io.tritter.kernel.Samples#backends")
  void backwardIsTheDerivative(Kernels kernels) {
    Case c = new Case(3, 19).run(kernels);
    double[] x = Differences.doubles(c.x);
    double[] weight = Differences.doubles(c.weight);
    double[] dout = Differences.doubles(c.dout);
    Tensor dx = Differences.gradient(at -> Differences.dot(reference(at, weight), dout), c.x);
    Tensor dweight = Differences.gradient(at -> Differences.dot(reference(x, at), dout), c.weight);
    assertClose("dx", dx, c.dx, FORWARD);
    assertClose("dweight", dweight, c.dweight, FORWARD);
  }

  private static double[] reference(double[] x, double[] weight) {
    int dim = weight.length;
    double[] out = new double[x.length];
    for (int row = 0; row < x.length; row += dim) {
      double squares = 0;
      for (int i = 0; i < dim; i++) {
        squares += x[row + i] * x[row + i];
      }
      for (int i = 0; i < dim; i++) {
        out[row + i] = x[row + i] / Math.sqrt(squares / dim + EPS) * weight[i];
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
    final Tensor dout;
    final Tensor out;
    final Tensor dweight;
    Tensor dx;

    Case(int rows, int dim) {
      this.rows = rows;
      this.dim = dim;
      x = normal(1, rows, dim);
      weight = normal(2, dim);
      dout = normal(3, rows, dim);
      out = Tensor.zeros(rows, dim);
      dx = Tensor.zeros(rows, dim);
      dweight = Tensor.zeros(dim);
    }

    Case run(Kernels kernels) {
      kernels.rmsNorm(x.data(), weight.data(), out.data(), rows, dim, EPS);
      backward(kernels);
      return this;
    }

    void backward(Kernels kernels) {
      kernels.rmsNormBackward(
          x.data(), weight.data(), dout.data(), dx.data(), dweight.data(), rows, dim, EPS);
    }
  }
}
