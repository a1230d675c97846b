package io.tritter.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.tritter.tensor.Tensor;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.function.IntConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@Isolated("counts the threads of the JVM and their time")
class WorkersTest {
  /**
   * Far above what a parked thread can use in half a second, far below what a spinning one does.
   */
  private static final long IDLE_NANOS = 20_000_000;

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
  void ofSeveralExceptionsThatOfTheFirstTaskReachesTheCaller() {
    for (int n = 0; n < 100; n++) {
      IllegalStateException caught =
          assertThrows(
              IllegalStateException.class,
              () ->
                  Workers.run(
                      64,
                      i -> {
                        if (i % 8 == 5) {
                          throw new IllegalStateException("task " + i);
                        }
                      }));
      assertEquals("task 5", caught.getMessage());
    }
  }

  /** Jobs of all lengths, so that a late worker of one meets the tasks of the next. */
  @Test
  void manyCallersAtOnceEachHaveTheirTasksRunOnce() throws Exception {
    try (ExecutorService callers = Executors.newFixedThreadPool(8)) {
      List<Future<?>> all = new ArrayList<>();
      for (int caller = 0; caller < 8; caller++) {
        long seed = caller;
        all.add(callers.submit(() -> runJobs(new SplittableRandom(seed), 3000)));
      }
      for (Future<?> caller : all) {
        caller.get();
      }
    }
  }

  @Test
  void aLateWorkerRunsNoTaskTwice() {
    runJobs(new SplittableRandom(9), 20_000);
  }

  private static void runJobs(SplittableRandom random, int jobs) {
    for (int job = 0; job < jobs; job++) {
      int count = random.nextInt(random.nextBoolean() ? 5 : 100);
      AtomicIntegerArray runs = new AtomicIntegerArray(count);
      if (random.nextBoolean()) {
        Workers.run(count, runs::incrementAndGet);
      } else {
        Workers.pieces(
            3L * count, 3, (from, to) -> runs.addAndGet((int) from / 3, (int) (to - from) - 2));
      }
      for (int i = 0; i < count; i++) {
        assertEquals(1, runs.get(i), "job " + job + ", task " + i);
      }
    }
  }

  @Test
  void aCallerThatFindsThePoolAtWorkRunsItsTasksItself() throws InterruptedException {
    CountDownLatch started = new CountDownLatch(1);
    CountDownLatch end = new CountDownLatch(1);
    Thread other =
        Thread.ofPlatform()
            .start(
                () ->
                    Workers.run(
                        2,
                        i -> {
                          started.countDown();
                          await(end);
                        }));
    started.await();
    try {
      Set<Thread> threads = ConcurrentHashMap.newKeySet();
      Workers.run(100, i -> threads.add(Thread.currentThread()));
      assertEquals(Set.of(Thread.currentThread()), threads);
    } finally {
      end.countDown();
    }
    other.join();
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void anIdlePoolUsesNoTime() throws InterruptedException {
    runsEachTaskOnce(1000);
    Thread.sleep(300);
    long before = timeOfThePool();
    Thread.sleep(500);
    long used = timeOfThePool() - before;
    assertTrue(used < IDLE_NANOS, used + " ns in half a second without a job");
  }

  private static long timeOfThePool() {
    ThreadMXBean times = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long sum = 0;
    int threads = 1;
    for (Thread thread : Thread.getAllStackTraces().keySet()) {
      if (thread.getName().startsWith("tritter-")) {
        sum += times.getThreadCpuTime(thread.threadId());
        threads++;
      }
    }
    assertEquals(Workers.threads(), threads);
    return sum;
  }

  @Test
  void aJobAllocatesNothing() {
    double[] sums = new double[64];
    IntConsumer task = i -> sums[i]++;
    Workers.Piece piece = (from, to) -> sums[(int) from]++;
    runBoth(task, piece, 1000);
    ThreadMXBean memory = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = memory.getCurrentThreadAllocatedBytes();
    runBoth(task, piece, 5000);
    long bytes = memory.getCurrentThreadAllocatedBytes() - before;
    assertTrue(bytes < 5000, bytes + " bytes in 10000 jobs");
  }

  private static void runBoth(IntConsumer task, Workers.Piece piece, int times) {
    for (int n = 0; n < times; n++) {
      Workers.run(64, task);
      Workers.pieces(64, 1, piece);
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
