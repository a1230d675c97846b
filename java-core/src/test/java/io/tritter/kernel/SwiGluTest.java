package io.tritter.kernel;

import static io.tritter.kernel.Samples.SCALAR;
import static io.tritter.kernel.Samples.assertClose;
import static io.tritter.kernel.Samples.normal;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.tritter.Golden;
import io.tritter.tensor.Tensor;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SwiGluTest {
  private static final double FORWARD = 1e-5;
  private static final double BACKWARD = 1e-4;

  /** A few roundings and the error of the vector exponential. */
  private static final double EXPONENTIAL = 2e-6;

  @ParameterizedTest
  @MethodSource("io.tritter.kernel.Samples#backendsAndSizes")
  void equalsScalar(Kernels kernels, int n) {
    Case expected = new Case(n).run(SCALAR);
    Case actual = new Case(n).run(kernels);
    assertClose("out", expected.out, actual.out, EXPONENTIAL);
    assertClose("dgate", expected.dgate, actual.dgate, EXPONENTIAL);
    assertClose("dup", expected.dup, actual.dup, EXPONENTIAL);
  }

  @ParameterizedTest
  @MethodSource("io.tritter.kernel.Samples#backends")
  void worksInPlace(Kernels kernels) {
    Case expected = new Case(67).run(kernels);
    Case actual = new Case(67);
    actual.dgate = actual.gate;
    actual.dup = actual.up;
    kernels.swiglu(actual.gate.data(), actual.up.data(), actual.out.data(), actual.gate.size());
    actual.backward(kernels);
    assertClose("dgate", expected.dgate, actual.gate, 0);
    assertClose("dup", expected.dup, actual.up, 0);
    Case other = new Case(67);
    kernels.swiglu(other.gate.data(), other.up.data(), other.up.data(), 67);
    assertClose("out", expected.out, other.up, 0);
  }

  @ParameterizedTest
  @MethodSource("io.tritter.kernel.Samples#backends")
  void largeGatesNeitherOverflowNorLoseTheSign(Kernels kernels) {
    Tensor gate = Tensor.zeros(19);
    Tensor up = Tensor.zeros(19);
    for (int i = 0; i < 19; i++) {
      gate.set(i, new float[] {-1e30f, -200, 0, 200, 1e30f, Float.NaN}[i % 6]);
      up.set(i, 1);
    }
    kernels.swiglu(gate.data(), up.data(), up.data(), 19);
    for (int i = 0; i < 19; i++) {
      float expected = new float[] {0, 0, 0, 200, 1e30f, Float.NaN}[i % 6];
      assertEquals(expected, up.get(i) + 0f, "gate " + gate.get(i));
    }
  }

  @ParameterizedTest
  @MethodSource("io.tritter.kernel.Samples#backends")
  void isPyTorchs(Kernels kernels) {
    Golden.Case golden = Golden.load("swiglu");
    Case actual = new Case((int) golden.get("gate").size());
    actual.gate.copyFrom(golden.get("gate"));
    actual.up.copyFrom(golden.get("up"));
    actual.dout.copyFrom(golden.get("dout"));
    actual.run(kernels);
    assertClose("out", golden.get("out"), actual.out, FORWARD);
    assertClose("dgate", golden.get("dgate"), actual.dgate, BACKWARD);
    assertClose("dup", golden.get("dup"), actual.dup, BACKWARD);
  }

  @ParameterizedTest
  @MethodSource("io.tritter.kernel.Samples#backends")
  void backwardIsTheDerivative(Kernels kernels) {
    Case c = new Case(43).run(kernels);
    double[] gate = Differences.doubles(c.gate);
    double[] up = Differences.doubles(c.up);
    double[] dout = Differences.doubles(c.dout);
    Tensor dgate = Differences.gradient(at -> Differences.dot(reference(at, up), dout), c.gate);
    Tensor dup = Differences.gradient(at -> Differences.dot(reference(gate, at), dout), c.up);
    assertClose("dgate", dgate, c.dgate, FORWARD);
    assertClose("dup", dup, c.dup, FORWARD);
  }

  private static double[] reference(double[] gate, double[] up) {
    double[] out = new double[gate.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = gate[i] / (1 + Math.exp(-gate[i])) * up[i];
    }
    return out;
  }

  /** Inputs and results of one size. */
  private static final class Case {
    final Tensor gate;
    final Tensor up;
    final Tensor dout;
    final Tensor out;
    Tensor dgate;
    Tensor dup;

    Case(int n) {
      gate = normal(1, n);
      up = normal(2, n);
      dout = normal(3, n);
      out = Tensor.zeros(n);
      dgate = Tensor.zeros(n);
      dup = Tensor.zeros(n);
    }

    Case run(Kernels kernels) {
      kernels.swiglu(gate.data(), up.data(), out.data(), gate.size());
      backward(kernels);
      return this;
    }

    void backward(Kernels kernels) {
      kernels.swigluBackward(
          gate.data(), up.data(), dout.data(), dgate.data(), dup.data(), gate.size());
    }
  }
}
