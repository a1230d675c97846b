package io.tritter.kernel;

import static io.tritter.kernel.Samples.SCALAR;
import static io.tritter.kernel.Samples.assertClose;
import static io.tritter.kernel.Samples.normal;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.tritter.Golden;
import io.tritter.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Activations as gates, and alone with a bias. */
class GatedTest {
  private static final double FORWARD = 1e-5;
  private static final double BACKWARD = 1e-4;

  /** A few roundings and the error of the vector exponential. */
  private static final double EXPONENTIAL = 2e-6;

  /** Float32 column sums of 37 numbers. */
  private static final double FLOAT32_SUMS = 1e-5;

  /** Products only: both forms round the same way. */
  private static final double EXACT = 0;

  private static Stream<Arguments> cases() {
    List<Arguments> cases = new ArrayList<>();
    for (Kernels kernels : Kernels.available()) {
      for (Activation f : Activation.values()) {
        cases.add(Arguments.argumentSet(kernels.name() + ", " + f, kernels, f));
      }
    }
    return cases.stream();
  }

  /** The law of each activation in float64, from another formula than the kernel's. */
  private static DoubleUnaryOperator law(Activation f) {
    return switch (f) {
      case SILU -> x -> x / (1 + Math.exp(-x));
      case GELU -> x -> x * distribution(x);
      case GELU_TANH ->
          x -> x / 2 * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x)));
      case RELU2 -> x -> x > 0 ? x * x : 0;
    };
  }

  /** Simpson's rule on the normal density from 0 to x. */
  private static double distribution(double x) {
    int steps = 400;
    double h = x / steps;
    double sum = 0;
    for (int i = 0; i <= steps; i++) {
      double t = i * h;
      sum += Math.exp(-t * t / 2) * (i == 0 || i == steps ? 1 : i % 2 == 1 ? 4 : 2);
    }
    return 0.5 + sum * h / 3 / Math.sqrt(2 * Math.PI);
  }

  @ParameterizedTest
  @MethodSource("io.tritter.kernel.Samples#backendsAndSizes")
  void equalsScalar(Kernels kernels, int n) {
    for (Activation f : Activation.values()) {
      double bound = f == Activation.RELU2 ? EXACT : EXPONENTIAL;
      Gate expected = new Gate(n).run(SCALAR, f);
      Gate actual = new Gate(n).run(kernels, f);
      assertClose(f + " out", expected.out, actual.out, bound);
      assertClose(f + " dgate", expected.dgate, actual.dgate, bound);
      assertClose(f + " dup", expected.dup, actual.dup, bound);
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void severalPiecesEqualScalar(Kernels kernels, Activation f) {
    int n = 20_011;
    Gate expected = new Gate(n).run(SCALAR, f);
    Gate actual = new Gate(n).run(kernels, f);
    assertClose("out", expected.out, actual.out, EXPONENTIAL);
    assertClose("dgate", expected.dgate, actual.dgate, EXPONENTIAL);
    assertClose("dup", expected.dup, actual.dup, EXPONENTIAL);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void valuesAndSlopesAreTheLaws(Kernels kernels, Activation f) {
    int n = 1601;
    double h = 1e-5;
    Tensor x = Tensor.zeros(n);
    Tensor ones = Tensor.zeros(n);
    Tensor value = Tensor.zeros(n);
    Tensor slope = Tensor.zeros(n);
    Tensor expectedValue = Tensor.zeros(n);
    Tensor expectedSlope = Tensor.zeros(n);
    DoubleUnaryOperator law = law(f);
    for (int i = 0; i < n; i++) {
      x.set(i, (i - 800) / 100f);
      ones.set(i, 1);
      double at = x.get(i);
      expectedValue.set(i, (float) law.applyAsDouble(at));
      double difference = law.applyAsDouble(at + h) - law.applyAsDouble(at - h);
      expectedSlope.set(i, (float) (difference / (2 * h)));
    }
    MemorySegment none = MemorySegment.NULL;
    kernels.activate(f, x.data(), none, value.data(), 1, n);
    kernels.activateBackward(f, x.data(), none, ones.data(), slope.data(), none, 1, n);
    assertClose("value", expectedValue, value, EXPONENTIAL);
    assertClose("slope", expectedSlope, slope, EXPONENTIAL + h);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void worksInPlace(Kernels kernels, Activation f) {
    Gate expected = new Gate(67).run(kernels, f);
    Gate actual = new Gate(67);
    actual.dgate = actual.gate;
    actual.dup = actual.up;
    actual.backward(kernels, f);
    assertClose("dgate", expected.dgate, actual.gate, EXACT);
    assertClose("dup", expected.dup, actual.up, EXACT);
    Gate other = new Gate(67);
    kernels.gated(f, other.gate.data(), other.up.data(), other.up.data(), 67);
    assertClose("out over up", expected.out, other.up, EXACT);
    other = new Gate(67);
    kernels.gated(f, other.gate.data(), other.up.data(), other.gate.data(), 67);
    assertClose("out over gate", expected.out, other.gate, EXACT);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void largeGatesNeitherOverflowNorLoseTheSign(Kernels kernels, Activation f) {
    Tensor gate = Tensor.zeros(19);
    Tensor up = Tensor.zeros(19);
    for (int i = 0; i < 19; i++) {
      gate.set(i, new float[] {-1e15f, -200, 0, 200, 1e15f, Float.NaN}[i % 6]);
      up.set(i, 1);
    }
    kernels.gated(f, gate.data(), up.data(), up.data(), 19);
    for (int i = 0; i < 19; i++) {
      float x = Math.max(gate.get(i), 0);
      float expected = f == Activation.RELU2 ? x * x : x;
      assertEquals(expected, up.get(i) + 0f, "gate " + gate.get(i));
    }
  }

  @ParameterizedTest
  @MethodSource("io.tritter.kernel.Samples#backends")
  void swiGluIsPyTorchs(Kernels kernels) {
    Golden.Case golden = Golden.load("swiglu");
    Gate actual = new Gate((int) golden.get("gate").size());
    actual.gate.copyFrom(golden.get("gate"));
    actual.up.copyFrom(golden.get("up"));
    actual.dout.copyFrom(golden.get("dout"));
    actual.run(kernels, Activation.SILU);
    assertClose("out", golden.get("out"), actual.out, FORWARD);
    assertClose("dgate", golden.get("dgate"), actual.dgate, BACKWARD);
    assertClose("dup", golden.get("dup"), actual.dup, BACKWARD);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void backwardIsTheDerivative(Kernels kernels, Activation f) {
    Gate c = new Gate(43).run(kernels, f);
    double[] gate = Differences.doubles(c.gate);
    double[] up = Differences.doubles(c.up);
    double[] dout = Differences.doubles(c.dout);
    Tensor dgate = Differences.gradient(at -> loss(f, at, up, dout), c.gate);
    Tensor dup = Differences.gradient(at -> loss(f, gate, at, dout), c.up);
    assertClose("dgate", dgate, c.dgate, FORWARD);
    assertClose("dup", dup, c.dup, FORWARD);
  }

  private static double loss(Activation f, double[] gate, double[] up, double[] dout) {
    double loss = 0;
    for (int i = 0; i < gate.length; i++) {
      loss += law(f).applyAsDouble(gate[i]) * up[i] * dout[i];
    }
    return loss;
  }

  @ParameterizedTest
  @MethodSource("io.tritter.kernel.Samples#backendsAndSizes")
  void biasIsAddedFirstAndItsGradientSummedOverTheRows(Kernels kernels, int dim) {
    int rows = 37;
    for (Activation f : Activation.values()) {
      Tensor x = normal(1, rows, dim);
      Tensor bias = normal(2, dim);
      Tensor dout = normal(3, rows, dim);
      Tensor sum = x.copy();
      for (int r = 0; r < rows; r++) {
        sum.rows(r, r + 1).axpby(1, bias, 1);
      }
      MemorySegment none = MemorySegment.NULL;
      Tensor expected = Tensor.zeros(rows, dim);
      kernels.activate(f, sum.data(), none, expected.data(), rows, dim);
      Tensor out = Tensor.zeros(rows, dim);
      kernels.activate(f, x.data(), bias.data(), out.data(), rows, dim);
      assertClose(f + " out", expected, out, EXACT);

      kernels.activateBackward(f, sum.data(), none, dout.data(), expected.data(), none, rows, dim);
      Tensor dbias = normal(4, dim);
      Tensor expectedBias = dbias.copy();
      for (int r = 0; r < rows; r++) {
        expectedBias.axpby(1, expected.rows(r, r + 1), 1);
      }
      kernels.activateBackward(
          f, x.data(), bias.data(), dout.data(), dout.data(), dbias.data(), rows, dim);
      assertClose(f + " dx", expected, dout, EXACT);
      assertClose(f + " dbias", expectedBias, dbias, FLOAT32_SUMS);
    }
  }

  /** Inputs and results of one size. */
  private static final class Gate {
    final Tensor gate;
    final Tensor up;
    final Tensor dout;
    final Tensor out;
    Tensor dgate;
    Tensor dup;

    Gate(int n) {
      gate = normal(1, n);
      up = normal(2, n);
      dout = normal(3, n);
      out = Tensor.zeros(n);
      dgate = Tensor.zeros(n);
      dup = Tensor.zeros(n);
    }

    Gate run(Kernels kernels, Activation f) {
      kernels.gated(f, gate.data(), up.data(), out.data(), gate.size());
      backward(kernels, f);
      return this;
    }

    void backward(Kernels kernels, Activation f) {
      kernels.gatedBackward(
          f, gate.data(), up.data(), dout.data(), dgate.data(), dup.data(), gate.size());
    }
  }
}
