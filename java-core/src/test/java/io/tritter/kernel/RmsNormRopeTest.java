package io.tritter.kernel;

import static io.tritter.kernel.Samples.SCALAR;
import static io.tritter.kernel.Samples.assertClose;
import static io.tritter.kernel.Samples.normal;

import io.tritter.tensor.Tensor;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class RmsNormRopeTest {
  private static final float THETA = 10_000;
  private static final float EPS = 1e-5f;
  private static final int FIRST = 11;

  /** The same operations on the same numbers. */
  private static final double EXACT = 0;

  /** Float32 lanes against float64 sums of at most 2042 products. */
  private static final double FLOAT32_SUMS = 5e-6;

  @ParameterizedTest
  @MethodSource("io.tritter.kernel.Samples#backendsAndSizes")
  void equalsScalar(Kernels kernels, int half) {
    for (boolean interleaved : new boolean[] {false, true}) {
      Case expected = new Case(2, 5, 3, 2 * half).run(SCALAR, interleaved);
      Case actual = new Case(2, 5, 3, 2 * half).run(kernels, interleaved);
      assertClose("out", expected.out, actual.out, FLOAT32_SUMS);
      assertClose("dx", expected.dx, actual.dx, FLOAT32_SUMS);
      assertClose("dweight", expected.dweight, actual.dweight, FLOAT32_SUMS);
    }
  }

  @ParameterizedTest
  @MethodSource("io.tritter.kernel.Samples#backends")
  void isTheNormThenTheRotation(Kernels kernels) {
    Case c = new Case(2, 9, 3, 38).run(kernels, false);
    Tensor out = c.x.copy();
    kernels.rmsNorm(c.x.data(), c.weight.data(), out.data(), 2 * 9 * 3, 38, EPS);
    kernels.rope(out.data(), out.data(), 2, 9, 3, 38, FIRST, THETA, false, false);
    assertClose("out", out, c.out, EXACT);

    Tensor dx = c.dout.copy();
    Tensor dweight = Tensor.zeros(38);
    kernels.rope(dx.data(), dx.data(), 2, 9, 3, 38, FIRST, THETA, false, true);
    kernels.rmsNormBackward(
        c.x.data(), c.weight.data(), dx.data(), dx.data(), dweight.data(), 2 * 9 * 3, 38, EPS);
    assertClose("dx", dx, c.dx, EXACT);
    assertClose("dweight", dweight, c.dweight, FLOAT32_SUMS);
  }

  @ParameterizedTest
  @MethodSource("io.tritter.kernel.Samples#backends")
  void worksInPlace(Kernels kernels) {
    Case expected = new Case(1, 7, 2, 34).run(kernels, true);
    Case actual = new Case(1, 7, 2, 34);
    actual.out = actual.x.copy();
    actual.dx = actual.dout;
    kernels.rmsNormRope(
        actual.out.data(),
        actual.weight.data(),
        actual.out.data(),
        1,
        7,
        2,
        34,
        FIRST,
        THETA,
        true,
        EPS);
    actual.backward(kernels, true);
    assertClose("out", expected.out, actual.out, EXACT);
    assertClose("dx", expected.dx, actual.dout, EXACT);
  }

  @ParameterizedTest
  @MethodSource("io.tritter.kernel.Samples#backends")
  void backwardIsTheDerivative(Kernels kernels) {
    for (boolean interleaved : new boolean[] {false, true}) {
      Case c = new Case(1, 3, 2, 10).run(kernels, interleaved);
      double[] x = Differences.doubles(c.x);
      double[] weight = Differences.doubles(c.weight);
      double[] dout = Differences.doubles(c.dout);
      Tensor dx =
          Differences.gradient(
              at -> Differences.dot(reference(at, weight, interleaved), dout), c.x);
      Tensor dweight =
          Differences.gradient(
              at -> Differences.dot(reference(x, at, interleaved), dout), c.weight);
      assertClose("dx", dx, c.dx, FLOAT32_SUMS);
      assertClose("dweight", dweight, c.dweight, FLOAT32_SUMS);
    }
  }

  /** Two heads a position. */
  private static double[] reference(double[] x, double[] weight, boolean interleaved) {
    int headDim = weight.length;
    double[] out = new double[x.length];
    for (int head = 0; head < x.length / headDim; head++) {
      double squares = 0;
      for (int i = 0; i < headDim; i++) {
        squares += x[head * headDim + i] * x[head * headDim + i];
      }
      double scale = 1 / Math.sqrt(squares / headDim + EPS);
      for (int i = 0; i < headDim / 2; i++) {
        int a = interleaved ? 2 * i : i;
        int b = interleaved ? a + 1 : a + headDim / 2;
        double angle = (FIRST + head / 2) * Math.pow(THETA, -2.0 * i / headDim);
        double first = x[head * headDim + a] * scale * weight[a];
        double second = x[head * headDim + b] * scale * weight[b];
        out[head * headDim + a] = first * Math.cos(angle) - second * Math.sin(angle);
        out[head * headDim + b] = second * Math.cos(angle) + first * Math.sin(angle);
      }
    }
    return out;
  }

  /** Inputs and results of one shape. */
  private static final class Case {
    final int outer;
    final int seqLen;
    final int heads;
    final int headDim;
    final Tensor x;
    final Tensor weight;
    final Tensor dout;
    final Tensor dweight;
    Tensor out;
    Tensor dx;

    Case(int outer, int seqLen, int heads, int headDim) {
      this.outer = outer;
      this.seqLen = seqLen;
      this.heads = heads;
      this.headDim = headDim;
      x = normal(1, outer, seqLen, heads, headDim);
      weight = normal(2, headDim);
      dout = normal(3, outer, seqLen, heads, headDim);
      out = Tensor.zeros(x.shape());
      dx = Tensor.zeros(x.shape());
      dweight = Tensor.zeros(headDim);
    }

    Case run(Kernels kernels, boolean interleaved) {
      kernels.rmsNormRope(
          x.data(),
          weight.data(),
          out.data(),
          outer,
          seqLen,
          heads,
          headDim,
          FIRST,
          THETA,
          interleaved,
          EPS);
      backward(kernels, interleaved);
      return this;
    }

    void backward(Kernels kernels, boolean interleaved) {
      kernels.rmsNormRopeBackward(
          x.data(),
          weight.data(),
          dout.data(),
          dx.data(),
          dweight.data(),
          outer,
          seqLen,
          heads,
          headDim,
          FIRST,
          THETA,
          interleaved,
          EPS);
    }
  }
}
