package io.tritter.kernel;

import static io.tritter.kernel.Samples.SCALAR;
import static io.tritter.kernel.Samples.assertClose;
import static io.tritter.kernel.Samples.normal;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tritter.Golden;
import io.tritter.tensor.Tensor;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

@Isolated("counts what the JVM allocates")
class AttentionTest {
  private static final double FORWARD = 1e-5;
  private static final double BACKWARD = 1e-4;

  /** Float32 sums of at most a few hundred products, and the vector exponential. */
  private static final double FLOAT32_SUMS = 1e-5;

  /** Off the grid of tiles (64 by 64), panels and lanes; grouped heads; caches, short and long. */
  private static Stream<Arguments> shapes() {
    List<AttentionShape> shapes = new ArrayList<>();
    for (boolean causal : new boolean[] {false, true}) {
      for (boolean rowsFirst : new boolean[] {false, true}) {
        shapes.add(shape(1, 1, 1, 1, 1, 1, causal, rowsFirst));
        shapes.add(shape(2, 1, 1, 3, 3, 7, causal, rowsFirst));
        shapes.add(shape(1, 2, 1, 33, 65, 17, causal, rowsFirst));
        shapes.add(shape(2, 6, 2, 31, 64, 8, causal, rowsFirst));
        shapes.add(shape(1, 4, 2, 1, 207, 40, causal, rowsFirst));
        shapes.add(shape(2, 2, 2, 127, 127, 32, causal, rowsFirst));
        shapes.add(shape(1, 1, 1, 300, 300, 65, causal, rowsFirst));
        shapes.add(shape(1, 4, 1, 70, 300, 128, causal, rowsFirst));
        shapes.add(shape(1, 2, 1, 130, 205, 80, causal, rowsFirst));
        shapes.add(shape(1, 1, 1, 65, 65, 256, causal, rowsFirst));
        shapes.add(shape(1, 6, 2, 3, 1100, 33, causal, rowsFirst));
        shapes.add(shape(2, 8, 2, 1, 600, 96, causal, rowsFirst));
      }
    }
    List<Arguments> cases = new ArrayList<>();
    for (Kernels kernels : Kernels.available()) {
      for (AttentionShape shape : shapes) {
        cases.add(Arguments.argumentSet(kernels.name() + ", " + shape, kernels, shape));
      }
    }
    return cases.stream();
  }

  private static AttentionShape shape(
      int batch,
      int heads,
      int kvHeads,
      int queries,
      int keys,
      int dim,
      boolean causal,
      boolean rowsFirst) {
    float scale = (float) (1 / Math.sqrt(dim));
    return new AttentionShape(batch, heads, kvHeads, queries, keys, dim, causal, scale, rowsFirst);
  }

  @ParameterizedTest
  @MethodSource("shapes")
  void equalsScalar(Kernels kernels, AttentionShape shape) {
    Case expected = new Case(shape).run(SCALAR);
    Case actual = new Case(shape).run(kernels);
    assertClose("out", expected.out, actual.out, FLOAT32_SUMS);
    assertClose("logSumExp", expected.logSumExp, actual.logSumExp, FLOAT32_SUMS);
    assertClose("dq", expected.dq, actual.dq, FLOAT32_SUMS);
    assertClose("dk", expected.dk, actual.dk, FLOAT32_SUMS);
    assertClose("dv", expected.dv, actual.dv, FLOAT32_SUMS);
  }

  @ParameterizedTest
  @MethodSource("io.tritter.kernel.Samples#backends")
  void causalIsPyTorchs(Kernels kernels) {
    compareWithGolden(kernels, "attention_causal", true);
  }

  @ParameterizedTest
  @MethodSource("io.tritter.kernel.Samples#backends")
  void fullIsPyTorchs(Kernels kernels) {
    compareWithGolden(kernels, "attention_full", false);
  }

  @ParameterizedTest
  @MethodSource("io.tritter.kernel.Samples#backends")
  void groupedHeadsArePyTorchs(Kernels kernels) {
    compareWithGolden(kernels, "attention_gqa", true);
  }

  private static void compareWithGolden(Kernels kernels, String name, boolean causal) {
    Golden.Case golden = Golden.load(name);
    int[] q = golden.get("q").shape();
    int[] k = golden.get("k").shape();
    Case actual = new Case(shape(q[0], q[1], k[1], q[2], k[2], q[3], causal, false));
    actual.q.copyFrom(golden.get("q"));
    actual.k.copyFrom(golden.get("k"));
    actual.v.copyFrom(golden.get("v"));
    actual.dout.copyFrom(golden.get("dout"));
    actual.run(kernels);
    assertClose("out", golden.get("out"), actual.out, FORWARD);
    assertClose("dq", golden.get("dq"), actual.dq, BACKWARD);
    assertClose("dk", golden.get("dk"), actual.dk, BACKWARD);
    assertClose("dv", golden.get("dv"), actual.dv, BACKWARD);
  }

  @ParameterizedTest
  @MethodSource("io.tritter.kernel.Samples#backends")
  void backwardIsTheDerivative(Kernels kernels) {
    for (boolean causal : new boolean[] {false, true}) {
      AttentionShape shape = shape(1, 4, 2, 5, 9, 3, causal, true);
      Case c = new Case(shape).run(kernels);
      double[] q = Differences.doubles(c.q);
      double[] k = Differences.doubles(c.k);
      double[] v = Differences.doubles(c.v);
      double[] dout = Differences.doubles(c.dout);
      Tensor dq =
          Differences.gradient(at -> Differences.dot(reference(at, k, v, shape), dout), c.q);
      Tensor dk =
          Differences.gradient(at -> Differences.dot(reference(q, at, v, shape), dout), c.k);
      Tensor dv =
          Differences.gradient(at -> Differences.dot(reference(q, k, at, shape), dout), c.v);
      assertClose("dq", dq, c.dq, FLOAT32_SUMS);
      assertClose("dk", dk, c.dk, FLOAT32_SUMS);
      assertClose("dv", dv, c.dv, FLOAT32_SUMS);
    }
  }

  @ParameterizedTest
  @MethodSource("io.tritter.kernel.Samples#backends")
  void largeScoresDoNotOverflow(Kernels kernels) {
    Case c = new Case(shape(1, 1, 1, 40, 100, 16, true, false));
    kernels.axpby(1000, c.q.copy().data(), 0, c.q.data(), c.q.size());
    c.run(kernels);
    Case expected = new Case(c.shape);
    expected.q.copyFrom(c.q);
    expected.run(SCALAR);
    // Scores of some thousands carry absolute errors of 1e-4, and so do the probabilities.
    assertClose("out", expected.out, c.out, 3e-3);
  }

  /** A matrix of all scores would be 256 MB, and one of any kind at a byte each 64 MB. */
  @Test
  @Tag("heap")
  void memoryGrowsWithTheKeysAndNotWithTheirSquare() {
    Kernels kernels = Kernels.active();
    Case small = new Case(shape(1, 1, 1, 512, 512, 8, true, true));
    // Vectors live on the heap until the kernels are compiled; then nothing is allocated.
    long deadline = System.nanoTime() + 300_000_000_000L;
    while (allocated(() -> small.run(kernels)) > 100_000) {
      assertTrue(System.nanoTime() < deadline, "allocates in a steady state");
    }
    Case large = new Case(shape(1, 1, 1, 8192, 8192, 8, true, true));
    long bytes = allocated(() -> large.run(kernels));
    long tiles = 2L * 16 * 8192 * 64 * Float.BYTES; // dk and dv of 16 tasks, 64 columns wide
    assertTrue(bytes < tiles + 5_000_000, bytes + " bytes");
  }

  private static long allocated(Runnable run) {
    var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = threads.getTotalThreadAllocatedBytes();
    run.run();
    return threads.getTotalThreadAllocatedBytes() - before;
  }

  @Test
  void shapeRefusesHeadsThatDoNotShare() {
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> shape(1, 6, 4, 1, 1, 8, false, true));
    assertEquals(
        "attention: expected heads to be a multiple of kvHeads, got 6 and 4", e.getMessage());
  }

  private static double[] reference(double[] q, double[] k, double[] v, AttentionShape shape) {
    int dim = shape.headDim();
    double[] out = new double[q.length];
    for (int b = 0; b < shape.batch(); b++) {
      for (int h = 0; h < shape.heads(); h++) {
        int keys = (int) shape.keyOffset(b, h * shape.kvHeads() / shape.heads());
        for (int i = 0; i < shape.queries(); i++) {
          int row = (int) shape.queryOffset(b, h) + i * shape.queryStride();
          int visible = shape.causal() ? i + shape.keys() - shape.queries() + 1 : shape.keys();
          double sum = 0;
          for (int j = 0; j < visible; j++) {
            int key = keys + j * shape.keyStride();
            double score = 0;
            for (int d = 0; d < dim; d++) {
              score += q[row + d] * k[key + d];
            }
            double weight = Math.exp(score * shape.scale());
            sum += weight;
            for (int d = 0; d < dim; d++) {
              out[row + d] += weight * v[key + d];
            }
          }
          for (int d = 0; d < dim; d++) {
            out[row + d] /= sum;
          }
        }
      }
    }
    return out;
  }

  /** Inputs and results of one shape. */
  private static final class Case {
    final AttentionShape shape;
    final Tensor q;
    final Tensor k;
    final Tensor v;
    final Tensor dout;
    final Tensor out;
    final Tensor logSumExp;
    final Tensor dq;
    final Tensor dk;
    final Tensor dv;

    Case(AttentionShape shape) {
      this.shape = shape;
      int rows = shape.batch() * shape.heads() * shape.queries();
      int keys = shape.batch() * shape.kvHeads() * shape.keys();
      q = normal(1, rows, shape.headDim());
      k = normal(2, keys, shape.headDim());
      v = normal(3, keys, shape.headDim());
      dout = normal(4, rows, shape.headDim());
      out = Tensor.zeros(rows, shape.headDim());
      logSumExp = Tensor.zeros(rows);
      dq = Tensor.zeros(rows, shape.headDim());
      dk = Tensor.zeros(keys, shape.headDim());
      dv = Tensor.zeros(keys, shape.headDim());
    }

    Case run(Kernels kernels) {
      kernels.attention(q.data(), k.data(), v.data(), out.data(), logSumExp.data(), shape);
      kernels.attentionBackward(
          q.data(),
          k.data(),
          v.data(),
          out.data(),
          logSumExp.data(),
          dout.data(),
          dq.data(),
          dk.data(),
          dv.data(),
          shape);
      return this;
    }
  }
}
