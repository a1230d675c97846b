package io.tritter.kernel;

import static io.tritter.kernel.Samples.assertClose;
import static io.tritter.kernel.Samples.normal;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tritter.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class LinearCrossEntropyTest {
  private static final int IGNORE = -100;

  /** Sums over rows in the other order that chunks give them. */
  private static final double FLOAT32_SUMS = 2e-6;

  /** Float32 logits of 13 products against float64. */
  private static final double FLOAT32_LOGITS = 5e-6;

  @ParameterizedTest
  @MethodSource("io.tritter.kernel.Samples#backendsAndSizes")
  void isCrossEntropyOfTheProduct(Kernels kernels, int classes) {
    compareWithUnchunked(kernels, 70, 33, classes);
  }

  @ParameterizedTest
  @MethodSource("io.tritter.kernel.Samples#backends")
  void severalChunksGiveTheSame(Kernels kernels) {
    int classes = LinearCrossEntropy.LOGITS / 8; // more than memory for 16 rows would allow
    compareWithUnchunked(kernels, 21, 2, classes);
  }

  private static void compareWithUnchunked(Kernels kernels, int rows, int dim, int classes) {
    Case c = new Case(rows, dim, classes);
    double loss = c.run(kernels);
    assertEquals(loss, c.lossOnly(kernels), FLOAT32_SUMS);

    Tensor logits = Tensor.zeros(rows, classes);
    kernels.matmul(
        c.hidden.data(), false, c.weight.data(), true, logits.data(), rows, classes, dim, false);
    double expected =
        kernels.crossEntropy(logits.data(), c.targets, logits.data(), rows, classes, IGNORE);
    Tensor dhidden = Tensor.zeros(rows, dim);
    Tensor dweight = normal(3, classes, dim);
    kernels.matmul(
        logits.data(), true, c.hidden.data(), false, dweight.data(), classes, dim, rows, true);
    kernels.matmul(
        logits.data(), false, c.weight.data(), false, dhidden.data(), rows, dim, classes, false);
    assertEquals(expected, loss, FLOAT32_SUMS * (1 + expected));
    assertClose("dhidden", dhidden, c.dhidden, FLOAT32_SUMS);
    assertClose("dweight", dweight, c.dweight, FLOAT32_SUMS);
  }

  @ParameterizedTest
  @MethodSource("io.tritter.kernel.Samples#backends")
  void gradientsAreTheDerivatives(Kernels kernels) {
    Case c = new Case(6, 13, 11);
    c.dweight.clear();
    c.run(kernels);
    double[] hidden = Differences.doubles(c.hidden);
    double[] weight = Differences.doubles(c.weight);
    Tensor dhidden = Differences.gradient(at -> reference(at, weight, c), c.hidden);
    Tensor dweight = Differences.gradient(at -> reference(hidden, at, c), c.weight);
    assertClose("dhidden", dhidden, c.dhidden, FLOAT32_LOGITS);
    assertClose("dweight", dweight, c.dweight, FLOAT32_LOGITS);
  }

  private static double reference(double[] hidden, double[] weight, Case c) {
    double loss = 0;
    int counted = 0;
    for (int r = 0; r < c.rows; r++) {
      int target = Native.getInt(c.targets, r);
      if (target != IGNORE) {
        double sum = 0;
        double wanted = 0;
        for (int v = 0; v < c.classes; v++) {
          double logit = 0;
          for (int i = 0; i < c.dim; i++) {
            logit += hidden[r * c.dim + i] * weight[v * c.dim + i];
          }
          sum += Math.exp(logit);
          wanted = v == target ? logit : wanted;
        }
        loss += Math.log(sum) - wanted;
        counted++;
      }
    }
    return loss / counted;
  }

  /** In a thread of its own, whose working memory starts empty. */
  @Test
  void workingMemoryIsASmallPartOfTheLogits() throws InterruptedException {
    int rows = 4096;
    int classes = 16_384;
    long[] held = new long[2];
    Case c = new Case(rows, 1, classes);
    Thread thread =
        new Thread(
            () -> {
              c.run(Kernels.active());
              held[0] = LinearCrossEntropy.WORKSPACE.memoryBytes();
              c.run(Kernels.active());
              held[1] = LinearCrossEntropy.WORKSPACE.memoryBytes();
            });
    thread.start();
    thread.join();
    long logits = 4L * rows * classes;
    assertTrue(held[0] > 0 && held[0] <= logits / 8, held[0] + " of " + logits + " bytes");
    assertEquals(held[0], held[1], "the second call needs no more");
  }

  @ParameterizedTest
  @MethodSource("io.tritter.kernel.Samples#backends")
  void refusesATargetThatIsNoClassAndWritesNothing(Kernels kernels) {
    Case c = new Case(5, 7, 9);
    Native.setInt(c.targets, 4, 9);
    IllegalArgumentException e = assertThrows(IllegalArgumentException.class, () -> c.run(kernels));
    assertEquals("targets: expected 0 to 8 or -100, got 9 in row 4", e.getMessage());
    assertClose("dhidden", Tensor.zeros(5, 7), c.dhidden, 0);
    assertClose("dweight", normal(3, 9, 7), c.dweight, 0);
  }

  /** Inputs and results of one shape; some targets are ignored. */
  private static final class Case {
    final int rows;
    final int dim;
    final int classes;
    final Tensor hidden;
    final Tensor weight;
    final MemorySegment targets;
    final Tensor dhidden;
    final Tensor dweight;

    Case(int rows, int dim, int classes) {
      this.rows = rows;
      this.dim = dim;
      this.classes = classes;
      hidden = normal(1, rows, dim);
      weight = normal(2, classes, dim);
      targets =
          Arena.ofAuto()
              .allocateFrom(
                  Native.INT.withByteAlignment(4),
                  IntStream.range(0, rows)
                      .map(r -> r % 5 == 3 ? IGNORE : r * 31 % classes)
                      .toArray());
      dhidden = Tensor.zeros(rows, dim);
      dweight = normal(3, classes, dim);
    }

    double run(Kernels kernels) {
      return kernels.linearCrossEntropy(
          hidden.data(),
          weight.data(),
          targets,
          dhidden.data(),
          dweight.data(),
          rows,
          dim,
          classes,
          IGNORE);
    }

    double lossOnly(Kernels kernels) {
      MemorySegment none = MemorySegment.NULL;
      return kernels.linearCrossEntropy(
          hidden.data(), weight.data(), targets, none, none, rows, dim, classes, IGNORE);
    }
  }
}
