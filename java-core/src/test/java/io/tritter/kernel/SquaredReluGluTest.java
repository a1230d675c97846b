package io.tritter.kernel;

import static io.tritter.kernel.Samples.SCALAR;
import static io.tritter.kernel.Samples.assertClose;
import static io.tritter.kernel.Samples.normal;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.tritter.tensor.Tensor;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SquaredReluGluTest {
  /** Same operations in the same order: no difference allowed. */
  private static final double EXACT = 0;

  /** Float32 rounding of products of numbers up to about 4, against float64. */
  private static final double FLOAT32 = 1e-4;

  private static double definition(double gate, double up) {
    double r = Math.max(gate, 0);
    return r * r * up;
  }

  @ParameterizedTest
  @MethodSource("io.tritter.kernel.Samples#backendsAndSizes")
  void everyBackendEqualsTheDefinition(Kernels kernels, int n) {
    Tensor gate = normal(1, n);
    Tensor up = normal(2, n);
    Tensor dout = normal(3, n);
    Tensor expected = Tensor.zeros(n);
    Tensor actual = Tensor.zeros(n);
    SCALAR.squaredReluGlu(gate.data(), up.data(), expected.data(), n);
    kernels.squaredReluGlu(gate.data(), up.data(), actual.data(), n);
    assertClose("out", expected, actual, EXACT);
    for (int i = 0; i < n; i++) {
      assertEquals(definition(gate.get(i), up.get(i)), actual.get(i), FLOAT32);
    }
    Tensor dgate = Tensor.zeros(n);
    Tensor dup = Tensor.zeros(n);
    kernels.squaredReluGluBackward(
        gate.data(), up.data(), dout.data(), dgate.data(), dup.data(), n);
    double h = 1e-6;
    for (int i = 0; i < n; i++) {
      double g = gate.get(i);
      double u = up.get(i);
      double slopeGate = (definition(g + h, u) - definition(g - h, u)) / (2 * h);
      double slopeUp = (definition(g, u + h) - definition(g, u - h)) / (2 * h);
      assertEquals(slopeGate * dout.get(i), dgate.get(i), FLOAT32);
      assertEquals(slopeUp * dout.get(i), dup.get(i), FLOAT32);
    }
  }

  @ParameterizedTest
  @MethodSource("io.tritter.kernel.Samples#backends")
  void gradientsMayOverwriteTheInputs(Kernels kernels) {
    int n = 65;
    Tensor gate = normal(4, n);
    Tensor up = normal(5, n);
    Tensor dout = normal(6, n);
    Tensor dgate = Tensor.zeros(n);
    Tensor dup = Tensor.zeros(n);
    kernels.squaredReluGluBackward(
        gate.data(), up.data(), dout.data(), dgate.data(), dup.data(), n);
    kernels.squaredReluGluBackward(gate.data(), up.data(), dout.data(), gate.data(), up.data(), n);
    assertClose("dgate", dgate, gate, EXACT);
    assertClose("dup", dup, up, EXACT);
  }
}
