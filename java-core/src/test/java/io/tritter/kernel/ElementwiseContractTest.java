package io.tritter.kernel;

import static io.tritter.kernel.Samples.SCALAR;
import static io.tritter.kernel.Samples.assertClose;
import static io.tritter.kernel.Samples.normal;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tritter.Golden;
import io.tritter.tensor.Tensor;
import java.util.BitSet;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Axpby, flipped sums, row scaling, dot product and AdamW: the same bits, or nearly, on every
 * backend.
 */
class ElementwiseContractTest {
  /** Same operations in the same order: no difference allowed. */
  private static final double EXACT = 0;

  /** Float64 sums in another order. */
  private static final double FLOAT64_ORDER = 1e-12;

  private static final double GOLDEN_ADAMW = 1e-6;

  @ParameterizedTest
  @MethodSource("io.tritter.kernel.Samples#backendsAndSizes")
  void axpbyEqualsScalar(Kernels kernels, int n) {
    for (float beta : new float[] {0, 1, -0.75f}) {
      Tensor x = normal(1, n);
      Tensor expected = normal(2, n);
      Tensor actual = expected.copy();
      SCALAR.axpby(0.3f, x.data(), beta, expected.data(), n);
      kernels.axpby(0.3f, x.data(), beta, actual.data(), n);
      assertClose("axpby beta " + beta, expected, actual, EXACT);
    }
  }

  @ParameterizedTest
  @MethodSource("io.tritter.kernel.Samples#backends")
  void axpbyWithZeroBetaDoesNotReadTheOldValue(Kernels kernels) {
    Tensor y = Tensor.zeros(37);
    y.data().fill((byte) 0xff); // all NaN
    kernels.axpby(1, normal(3, 37).data(), 0, y.data(), 37);
    assertClose("y", normal(3, 37), y, EXACT);
  }

  @ParameterizedTest
  @MethodSource("io.tritter.kernel.Samples#backendsAndSizes")
  void addFlippedSubtractsWhereABitIsSet(Kernels kernels, int n) {
    long[] flips = new SplittableRandom(n).longs(n / 64 + 1).toArray();
    Tensor x = normal(1, n);
    Tensor expected = normal(2, n);
    Tensor actual = expected.copy();
    for (int i = 0; i < n; i++) {
      boolean minus = BitSet.valueOf(flips).get(i);
      expected.set(i, minus ? expected.get(i) - x.get(i) : expected.get(i) + x.get(i));
    }
    kernels.addFlipped(x.data(), flips, actual.data(), n);
    assertClose("addFlipped", expected, actual, EXACT);
  }

  @ParameterizedTest
  @MethodSource("io.tritter.kernel.Samples#backends")
  void addFlippedNeedsABitEach(Kernels kernels) {
    Tensor x = normal(1, 65);
    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class,
            () -> kernels.addFlipped(x.data(), new long[1], x.copy().data(), 65));
    assertEquals("flips: expected at least 2 words, got 1", e.getMessage());
  }

  @ParameterizedTest
  @MethodSource("io.tritter.kernel.Samples#backendsAndSizes")
  void scaleRowsEqualsScalar(Kernels kernels, int cols) {
    Tensor scales = normal(4, 5);
    Tensor expected = normal(5, 5, cols);
    Tensor actual = expected.copy();
    SCALAR.scaleRows(expected.data(), scales.data(), 1.7f, 5, cols);
    kernels.scaleRows(actual.data(), scales.data(), 1.7f, 5, cols);
    assertClose("scaleRows", expected, actual, EXACT);
  }

  @ParameterizedTest
  @MethodSource("io.tritter.kernel.Samples#backendsAndSizes")
  void dotEqualsScalar(Kernels kernels, int n) {
    Tensor x = normal(6, n);
    Tensor y = normal(7, n);
    double expected = SCALAR.dot(x.data(), y.data(), n);
    assertEquals(expected, kernels.dot(x.data(), y.data(), n), FLOAT64_ORDER * n);
  }

  @ParameterizedTest
  @MethodSource("io.tritter.kernel.Samples#backends")
  void dotKeepsWhatFloat32WouldLose(Kernels kernels) {
    int n = 100_001; // several pieces; in float32 the ones vanish beside 1e8
    Tensor x = Tensor.zeros(n);
    for (int i = 0; i < n; i++) {
      x.set(i, i == 0 ? 1e8f : 1);
    }
    Tensor ones = Tensor.zeros(n);
    for (int i = 0; i < n; i++) {
      ones.set(i, 1);
    }
    assertEquals(1e8 + n - 1, kernels.dot(x.data(), ones.data(), n), EXACT);
  }

  @ParameterizedTest
  @MethodSource("io.tritter.kernel.Samples#backendsAndSizes")
  void adamWEqualsScalar(Kernels kernels, int n) {
    assertAdamWEqualsScalar(kernels, n, step -> step);
    assertAdamWEqualsScalar(kernels, n, step -> step.withDirection(0.75, 0.25));
    assertAdamWEqualsScalar(kernels, n, AdamWStep::masked);
    assertAdamWEqualsScalar(kernels, n, step -> step.withDirection(-0.75, 0.25).masked());
  }

  @ParameterizedTest
  @MethodSource("io.tritter.kernel.Samples#backends")
  void adamWCountsWhatAgreesOverAllPieces(Kernels kernels) {
    assertAdamWEqualsScalar(kernels, 40_001, AdamWStep::masked);
  }

  private static void assertAdamWEqualsScalar(
      Kernels kernels, int n, UnaryOperator<AdamWStep> form) {
    Moments expected = new Moments(normal(8, n));
    Moments actual = new Moments(normal(8, n));
    for (int step = 1; step <= 3; step++) {
      Tensor gradient = normal(8 + step, n);
      expected.update(SCALAR, gradient, form.apply(Moments.step(step)), 0.5f);
      actual.update(kernels, gradient, form.apply(Moments.step(step)), 0.5f);
    }
    assertClose("parameter", expected.parameter, actual.parameter, EXACT);
    assertClose("first moment", expected.first, actual.first, EXACT);
    assertClose("second moment", expected.second, actual.second, EXACT);
  }

  @ParameterizedTest
  @MethodSource("io.tritter.kernel.Samples#backends")
  void aCautiousStepMovesOnlyWhatAgreesWithItsGradient(Kernels kernels) {
    int n = 37;
    Moments moments = new Moments(normal(12, n));
    moments.update(kernels, normal(13, n), Moments.step(1), 1);
    Tensor before = moments.parameter.copy();
    Tensor gradient = normal(14, n);
    AdamWStep step = new AdamWStep(3e-3f, 0.9f, 0.95f, 1e-8f, 0, 2);
    moments.update(kernels, gradient, step.masked(), 1);
    int moved = 0;
    for (int i = 0; i < n; i++) {
      boolean agrees = moments.first.get(i) * gradient.get(i) > 0;
      assertEquals(agrees, before.get(i) != moments.parameter.get(i), "element " + i);
      moved += agrees ? 1 : 0;
    }
    assertTrue(moved > 0 && moved < n, moved + " moved");
  }

  @ParameterizedTest
  @MethodSource("io.tritter.kernel.Samples#backends")
  void adamWIsPyTorchs(Kernels kernels) {
    Golden.Case golden = Golden.load("adamw");
    Moments moments = new Moments(golden.get("p0"));
    for (int step = 1; golden.containsKey("p" + step); step++) {
      moments.update(kernels, golden.get("g" + (step - 1)), Moments.step(step), 1);
      assertClose("p" + step, golden.get("p" + step), moments.parameter, GOLDEN_ADAMW);
    }
  }

  @Test
  void adamWCountsStepsFromOne() {
    Moments moments = new Moments(normal(1, 3));
    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class,
            () -> moments.update(Kernels.active(), normal(2, 3), Moments.step(0), 1));
    assertEquals("step: expected at least 1, got 0", e.getMessage());
    assertClose("parameter", normal(1, 3), moments.parameter, EXACT);
  }

  /** A parameter with its optimizer state and the golden case's settings. */
  private static final class Moments {
    final Tensor parameter;
    final Tensor first;
    final Tensor second;

    Moments(Tensor parameter) {
      this.parameter = parameter.copy();
      this.first = Tensor.zeros(parameter.shape());
      this.second = Tensor.zeros(parameter.shape());
    }

    static AdamWStep step(int step) {
      return new AdamWStep(3e-3f, 0.9f, 0.95f, 1e-8f, 0.1f, step);
    }

    void update(Kernels kernels, Tensor gradient, AdamWStep step, float gradientScale) {
      kernels.adamW(
          parameter.data(),
          gradient.data(),
          first.data(),
          second.data(),
          parameter.size(),
          step,
          gradientScale);
    }
  }
}
