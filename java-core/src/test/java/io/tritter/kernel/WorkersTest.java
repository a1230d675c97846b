package io.tritter.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tritter.tensor.Tensor;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class WorkersTest {
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 64, 1000})
  void runsEachTaskOnce(int count) {
    AtomicIntegerArray runs = new AtomicIntegerArray(count + 1);
    Workers.run(count, runs::incrementAndGet);
    for (int i = 0; i < count; i++) {
      assertEquals(1, runs.get(i), "task " + i);
    }
    assertEquals(0, runs.get(count));
  }

  @Test
  void cutsARangeIntoPiecesWithAShortLastOne() {
    int[] owner = new int[1000];
    Workers.pieces(1000, 300, (from, to) -> Arrays.fill(owner, (int) from, (int) to, (int) to));
    int[] expected = new int[1000];
    for (int i = 0; i < 1000; i++) {
      expected[i] = Math.min(1000, (i / 300 + 1) * 300);
    }
    assertArrayEquals(expected, owner);
  }

  @Test
  void anExceptionOfATaskReachesTheCallerAndTheNextJobRuns() {
    IllegalStateException thrown = new IllegalStateException("task 7");
    IllegalStateException caught =
        assertThrows(
            IllegalStateException.class,
            () ->
                Workers.run(
                    20,
                    i -> {
                      if (i == 7) {
                        throw thrown;
                      }
                    }));
    assertSame(thrown, caught);
    runsEachTaskOnce(20);
  }

  @Test
  void aTaskMayStartAJob() {
    AtomicIntegerArray runs = new AtomicIntegerArray(50);
    Workers.run(10, i -> Workers.run(5, j -> runs.incrementAndGet(i * 5 + j)));
    for (int i = 0; i < 50; i++) {
      assertEquals(1, runs.get(i), "task " + i);
    }
  }

  @Test
  void callersOnSeveralThreadsTakeTurns() throws InterruptedException {
    AtomicIntegerArray runs = new AtomicIntegerArray(3);
    Thread[] callers = new Thread[3];
    for (int c = 0; c < callers.length; c++) {
      int caller = c;
      callers[c] =
          Thread.ofPlatform()
              .start(
                  () -> {
                    for (int n = 0; n < 200; n++) {
                      Workers.run(10, i -> runs.incrementAndGet(caller));
                    }
                  });
    }
    for (int c = 0; c < callers.length; c++) {
      callers[c].join();
      assertEquals(2000, runs.get(c));
    }
  }

  /** A job inside a task runs on one thread: the same work alone and shared must agree in bits. */
  @ParameterizedTest
  @MethodSource("io.tritter.kernel.Samples#backends")
  void resultsDoNotDependOnTheThreads(Kernels kernels) {
    Tensor[] shared = results(kernels);
    Tensor[][] alone = new Tensor[2][];
    Workers.run(2, i -> alone[i] = results(kernels));
    for (Tensor[] one : alone) {
      for (int i = 0; i < shared.length; i++) {
        assertArrayEquals(shared[i].toArray(), one[i].toArray(), "result " + i);
      }
    }
    assertTrue(shared[0].get(0) != 0);
  }

  /** The kernels that add numbers of several tasks: dot, weight gradients, losses, attention. */
  private static Tensor[] results(Kernels kernels) {
    int rows = 700;
    int dim = 100;
    Tensor x = Samples.normal(1, rows, dim);
    Tensor y = Samples.normal(2, rows, dim);
    Tensor weight = Samples.normal(3, dim);
    Tensor sums = Tensor.zeros(2);
    sums.set(0, (float) kernels.dot(x.data(), y.data(), x.size()));
    Tensor dx = Tensor.zeros(rows, dim);
    Tensor dweight = Tensor.zeros(dim);
    kernels.rmsNormBackward(
        x.data(), weight.data(), y.data(), dx.data(), dweight.data(), rows, dim, 1e-5f);
    Tensor targets = Tensor.zeros(rows); // float zeros have the bits of int zeros
    Tensor dlogits = Tensor.zeros(rows, dim);
    sums.set(
        1, (float) kernels.crossEntropy(x.data(), targets.data(), dlogits.data(), rows, dim, -100));
    AttentionShape shape = new AttentionShape(1, 2, 1, rows / 2, rows, dim, true, 0.1f, false);
    Tensor out = Tensor.zeros(rows, dim);
    Tensor lse = Tensor.zeros(rows);
    kernels.attention(x.data(), y.data(), x.data(), out.data(), lse.data(), shape);
    Tensor dq = Tensor.zeros(rows, dim);
    Tensor dk = Tensor.zeros(rows, dim);
    Tensor dv = Tensor.zeros(rows, dim);
    kernels.attentionBackward(
        x.data(),
        y.data(),
        x.data(),
        out.data(),
        lse.data(),
        y.data(),
        dq.data(),
        dk.data(),
        dv.data(),
        shape);
    return new Tensor[] {sums, dx, dweight, dlogits, out, lse, dq, dk, dv};
  }
}
