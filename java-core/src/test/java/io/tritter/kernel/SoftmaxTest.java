package io.tritter.kernel;

import static io.tritter.kernel.Samples.SCALAR;
import static io.tritter.kernel.Samples.assertClose;
import static io.tritter.kernel.Samples.normal;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.tritter.Golden;
import io.tritter.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Softmax and cross-entropy. */
class SoftmaxTest {
  private static final int IGNORE = -100;
  private static final double FORWARD = 1e-5;
  private static final double BACKWARD = 1e-4;

  /** The vector exponential and float32 sums of at most 1021 terms. */
  private static final double EXPONENTIAL = 2e-6;

  @ParameterizedTest
  @MethodSource("io.tritter.kernel.Samples#backendsAndSizes")
  void softmaxEqualsScalar(Kernels kernels, int dim) {
    Tensor x = normal(1, 9, dim);
    kernels.axpby(7, x.data(), 0, x.data(), x.size());
    Tensor expected = Tensor.zeros(9, dim);
    SCALAR.softmax(x.data(), expected.data(), 9, dim);
    kernels.softmax(x.data(), x.data(), 9, dim);
    assertClose("softmax", expected, x, EXPONENTIAL);
  }

  @ParameterizedTest
  @MethodSource("io.tritter.kernel.Samples#backends")
  void minusInfinityHasNoWeightAndNanSpreadsOverItsRow(Kernels kernels) {
    int dim = 21;
    Tensor x = Tensor.zeros(3, dim);
    for (int i = 1; i < dim; i++) {
      x.set(i, Float.NEGATIVE_INFINITY);
    }
    x.set(2 * dim + 4, Float.NaN);
    kernels.softmax(x.data(), x.data(), 3, dim);
    for (int i = 0; i < dim; i++) {
      assertEquals(i == 0 ? 1f : 0f, x.get(i));
      assertEquals(1f / dim, x.get(dim + i), EXPONENTIAL);
      assertEquals(Float.NaN, x.get(2 * dim + i));
    }
  }

  @ParameterizedTest
  @MethodSource("io.tritter.kernel.Samples#backendsAndSizes")
  void crossEntropyEqualsScalar(Kernels kernels, int classes) {
    int rows = 70;
    Tensor logits = normal(2, rows, classes);
    MemorySegment targets =
        ints(IntStream.range(0, rows).map(r -> r % 5 == 3 ? IGNORE : r * 31 % classes).toArray());
    Tensor expected = Tensor.zeros(rows, classes);
    double loss =
        SCALAR.crossEntropy(logits.data(), targets, expected.data(), rows, classes, IGNORE);
    double alone =
        kernels.crossEntropy(logits.data(), targets, MemorySegment.NULL, rows, classes, IGNORE);
    double inPlace =
        kernels.crossEntropy(logits.data(), targets, logits.data(), rows, classes, IGNORE);
    assertEquals(loss, alone, EXPONENTIAL * (1 + loss));
    assertEquals(loss, inPlace, EXPONENTIAL * (1 + loss));
    assertClose("dlogits", expected, logits, EXPONENTIAL);
  }

  @ParameterizedTest
  @MethodSource("io.tritter.kernel.Samples#backends")
  void crossEntropyOfIgnoredRowsIsZero(Kernels kernels) {
    Tensor logits = normal(3, 2, 5);
    MemorySegment targets = ints(IGNORE, IGNORE);
    assertEquals(0, kernels.crossEntropy(logits.data(), targets, logits.data(), 2, 5, IGNORE));
    assertClose("dlogits", Tensor.zeros(2, 5), logits, 0);
  }

  @ParameterizedTest
  @MethodSource("io.tritter.kernel.Samples#backends")
  void crossEntropyRefusesATargetThatIsNoClassAndWritesNothing(Kernels kernels) {
    Tensor logits = normal(4, 3, 5);
    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class,
            () ->
                kernels.crossEntropy(
                    logits.data(), ints(4, IGNORE, 5), logits.data(), 3, 5, IGNORE));
    assertEquals("targets: expected 0 to 4 or -100, got 5 in row 2", e.getMessage());
    assertClose("logits", normal(4, 3, 5), logits, 0);
  }

  @ParameterizedTest
  @MethodSource("io.tritter.kernel.Samples#backends")
  void crossEntropyIsPyTorchs(Kernels kernels) {
    Golden.Case golden = Golden.load("cross_entropy");
    Tensor logits = golden.get("logits");
    MemorySegment targets = ints(intsOf(golden.get("target")));
    Tensor dlogits = Tensor.zeros(logits.shape());
    double loss =
        kernels.crossEntropy(
            logits.data(), targets, dlogits.data(), logits.dim(0), logits.dim(1), IGNORE);
    assertEquals(golden.get("loss").get(0), loss, FORWARD);
    assertClose("dlogits", golden.get("dlogits"), dlogits, BACKWARD);
  }

  @ParameterizedTest
  @MethodSource("io.tritter.kernel.Samples#backends")
  void gradientOfCrossEntropyIsTheDerivative(Kernels kernels) {
    Tensor logits = normal(5, 4, 19);
    int[] targets = {18, IGNORE, 0, 7};
    Tensor dlogits = Tensor.zeros(4, 19);
    kernels.crossEntropy(logits.data(), ints(targets), dlogits.data(), 4, 19, IGNORE);
    Tensor expected = Differences.gradient(at -> reference(at, targets), logits);
    assertClose("dlogits", expected, dlogits, EXPONENTIAL);
  }

  private static double reference(double[] logits, int[] targets) {
    int classes = logits.length / targets.length;
    double loss = 0;
    int counted = 0;
    for (int r = 0; r < targets.length; r++) {
      if (targets[r] != IGNORE) {
        double sum = 0;
        for (int i = 0; i < classes; i++) {
          sum += Math.exp(logits[r * classes + i]);
        }
        loss += Math.log(sum) - logits[r * classes + targets[r]];
        counted++;
      }
    }
    return loss / counted;
  }

  private static int[] intsOf(Tensor t) {
    return IntStream.range(0, (int) t.size()).map(i -> (int) t.get(i)).toArray();
  }

  private static MemorySegment ints(int... values) {
    return Arena.ofAuto().allocateFrom(Native.INT.withByteAlignment(4), values);
  }
}
