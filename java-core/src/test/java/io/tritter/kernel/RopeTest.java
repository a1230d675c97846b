package io.tritter.kernel;

import static io.tritter.kernel.Samples.SCALAR;
import static io.tritter.kernel.Samples.assertClose;
import static io.tritter.kernel.Samples.normal;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.tritter.Golden;
import io.tritter.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class RopeTest {
  private static final float THETA = 10_000;

  /** The golden case's angles are float32; ours are float64. */
  private static final double FORWARD = 1e-5;

  /** Two products and a sum. */
  private static final double ROUNDING = 5e-7;

  @ParameterizedTest
  @MethodSource("io.tritter.kernel.Samples#backendsAndSizes")
  void equalsScalar(Kernels kernels, int half) {
    for (int variant = 0; variant < 4; variant++) {
      boolean interleaved = variant % 2 == 1;
      boolean inverse = variant >= 2;
      Tensor x = normal(1, 2, 5, 3, 2 * half);
      Tensor expected = Tensor.zeros(x.shape());
      SCALAR.rope(x.data(), expected.data(), 2, 5, 3, 2 * half, 11, THETA, interleaved, inverse);
      kernels.rope(x.data(), x.data(), 2, 5, 3, 2 * half, 11, THETA, interleaved, inverse);
      assertClose("variant " + variant, expected, x, ROUNDING);
    }
  }

  @ParameterizedTest
  @MethodSource("io.tritter.kernel.Samples#backends")
  void isHuggingFaces(Kernels kernels) {
    Golden.Case golden = Golden.load("rope_half_split");
    Tensor x = golden.get("x");
    int outer = x.dim(0) * x.dim(1);
    kernels.rope(x.data(), x.data(), outer, x.dim(2), 1, x.dim(3), 0, THETA, false, false);
    assertClose("out", golden.get("out"), x, FORWARD);
  }

  /** The turn is orthogonal, so its transpose, the backward pass, is its inverse. */
  @ParameterizedTest
  @MethodSource("io.tritter.kernel.Samples#backends")
  void inverseTurnsBack(Kernels kernels) {
    for (boolean interleaved : new boolean[] {false, true}) {
      Tensor x = normal(2, 1, 40, 2, 34);
      kernels.rope(x.data(), x.data(), 1, 40, 2, 34, 5, THETA, interleaved, false);
      kernels.rope(x.data(), x.data(), 1, 40, 2, 34, 5, THETA, interleaved, true);
      assertClose("x", normal(2, 1, 40, 2, 34), x, 2 * ROUNDING);
    }
  }

  @ParameterizedTest
  @MethodSource("io.tritter.kernel.Samples#backends")
  void backwardIsTheDerivative(Kernels kernels) {
    int headDim = 6;
    for (boolean interleaved : new boolean[] {false, true}) {
      Tensor x = normal(3, 1, 4, 2, headDim);
      Tensor dout = normal(4, 1, 4, 2, headDim);
      double[] weights = Differences.doubles(dout);
      Tensor expected =
          Differences.gradient(
              at -> Differences.dot(reference(at, headDim, interleaved), weights), x);
      kernels.rope(dout.data(), dout.data(), 1, 4, 2, headDim, 9, THETA, interleaved, true);
      assertClose("dx", expected, dout, 2 * ROUNDING);
    }
  }

  /** A key/value cache adds rows one at a time: the table of one call must not serve another. */
  @ParameterizedTest
  @MethodSource("io.tritter.kernel.Samples#backends")
  void oneRowAtATimeEqualsAllAtOnce(Kernels kernels) {
    Tensor all = normal(5, 1, 12, 2, 18);
    Tensor rows = all.copy();
    kernels.rope(all.data(), all.data(), 1, 12, 2, 18, 0, THETA, false, false);
    for (int t = 11; t >= 0; t--) {
      var row = rows.data().asSlice((long) t * 2 * 18 * Float.BYTES, 2 * 18 * Float.BYTES);
      kernels.rope(row, row, 1, 1, 2, 18, t, THETA, false, false);
    }
    assertClose("x", all, rows, 0);
  }

  @Test
  void refusesAnOddHead() {
    Tensor x = normal(6, 1, 1, 1, 5);
    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class,
            () -> Kernels.active().rope(x.data(), x.data(), 1, 1, 1, 5, 0, THETA, false, false));
    assertEquals("headDim: expected an even number, got 5", e.getMessage());
  }

  /** Two heads a position, the first position is 9. */
  private static double[] reference(double[] x, int headDim, boolean interleaved) {
    double[] out = new double[x.length];
    for (int head = 0; head < x.length / headDim; head++) {
      int position = 9 + head / 2;
      for (int i = 0; i < headDim / 2; i++) {
        int a = head * headDim + (interleaved ? 2 * i : i);
        int b = a + (interleaved ? 1 : headDim / 2);
        double angle = position * Math.pow(THETA, -2.0 * i / headDim);
        out[a] = x[a] * Math.cos(angle) - x[b] * Math.sin(angle);
        out[b] = x[b] * Math.cos(angle) + x[a] * Math.sin(angle);
      }
    }
    return out;
  }
}
