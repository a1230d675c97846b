package io.tritter.kernel;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.tritter.AllocatedBytes;
import io.tritter.FreshJvm;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * Working memory is kept, so a compiled operation allocates nothing that grows with its sizes. The
 * scalar backend is left out: its definitions use arrays where that reads better. So are vectors of
 * 16 bytes, where C2 leaves those of tritRandom and of attention of one query on the heap.
 */
@Isolated("starts a JVM in which C2 has to be done in time")
class SteadyStateAllocationTest {
  /**
   * Bytes for each loop over tasks: the object that carries its arguments to the threads. It is not
   * kept from call to call, because then the memory of the last arguments would stay reachable.
   */
  private static final long ARGUMENTS = 160;

  /**
   * Loops over tasks of the calls that have several: a product packs and multiplies, a recurrence
   * does both at each of 9 steps, and levels of 37 rows go row by row. The votes of tritVote are
   * put in order, in objects whose number depends on the vectors, not on their size; so is the
   * codebook of encodeFourBit. A cautious step counts and moves.
   */
  private static final Map<String, Integer> LOOPS =
      Map.of(
          "adamW masked", 2,
          "encodeFourBit", 6,
          "gru", 60,
          "gru, gruBackward", 120,
          "linearCrossEntropy", 16,
          "BASIC of 37", 37,
          "SPARSE of 37", 37,
          "tritVote", 8);

  private static final int PRODUCT = 4;

  private static final int CALLS = 20;

  /** Until C2 has compiled an operation, its vectors are on the heap: seconds on a busy machine. */
  private static final long WARM_UP_NANOS = 15_000_000_000L;

  @Test
  void operationsAllocateNothingThatGrowsWithTheirSizes() throws Exception {
    assumeFalse(Kernels.active().name().equals(ScalarKernels.NAME));
    assumeFalse(Kernels.active().description().contains(" 128 bits"));
    FreshJvm.run(SteadyStateAllocationTest.class);
  }

  /** The measurement of some or all operations, and a line for each that allocates more. */
  @SuppressWarnings("SystemOut")
  public static void main(String[] args) {
    Kernels kernels = Kernels.active();
    Map<String, Runnable> calls = new KernelCalls(kernels).calls();
    assertTrue(calls.keySet().containsAll(List.of("matmul", "gru", "tritVote")));
    List<String> failures = new ArrayList<>();
    calls.forEach(
        (name, call) -> {
          if (!FreshJvm.wants(args, name)) {
            return;
          }
          int usual = name.startsWith("matmul") ? PRODUCT : 1;
          long bound = ARGUMENTS * LOOPS.getOrDefault(name, usual);
          long bytes = AllocatedBytes.steady(call, CALLS, bound, WARM_UP_NANOS);
          if (bytes > bound) {
            failures.add(
                "%s: expected at most %d bytes a call, got %d".formatted(name, bound, bytes));
          }
        });
    failures.forEach(System.out::println);
    System.exit(failures.isEmpty() ? 0 : 1);
  }
}
