package io.tritter.model;

import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.tritter.AllocatedBytes;
import io.tritter.FreshJvm;
import io.tritter.kernel.Kernels;
import io.tritter.optim.AdamW;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * A warm model allocates what carries arguments to the threads, and nothing that grows with sizes.
 */
@Isolated("counts what the JVM allocates")
class ModelAllocationTest {
  /**
   * Bytes of a loop over tasks: the object with its arguments. The memory of the last call would
   * stay reachable if it were kept.
   */
  private static final long ARGUMENTS = 160;

  /** Kernels and their loops over tasks in a forward pass of one block, and outside of blocks. */
  private static final int BLOCK_LOOPS = 60;

  private static final int OTHER_LOOPS = 40;

  /** Backward and optimizer have as many again, twice. */
  private static final int STEP_FACTOR = 3;

  private static final int ROUND = 5;

  /** C2 compiles while this runs; until then vectors are objects. */
  private static final long WARM_UP_NANOS = 30_000_000_000L;

  @Test
  void passesAndTokensAllocateNothingThatGrowsWithTheirSizes() throws Exception {
    assumeFalse(Kernels.active().name().equals("scalar")); // its definitions use arrays
    assumeFalse(Kernels.active().description().contains(" 128 bits")); // see the kernels' test
    FreshJvm.run(ModelAllocationTest.class);
  }

  /** The measurement of some or all calls, and a line for each that allocates more. */
  @SuppressWarnings("SystemOut")
  public static void main(String[] args) {
    Map<String, Call> calls = calls();
    List<String> failures = new ArrayList<>();
    calls.forEach(
        (name, call) -> {
          if (!FreshJvm.wants(args, name)) {
            return;
          }
          long bytes = AllocatedBytes.steady(call.body(), ROUND, call.bound(), WARM_UP_NANOS);
          if (bytes > call.bound()) {
            failures.add(
                "%s: expected at most %d bytes, got %d".formatted(name, call.bound(), bytes));
          }
        });
    failures.forEach(System.out::println);
    System.exit(failures.isEmpty() ? 0 : 1);
  }

  private record Call(long bound, Runnable body) {}

  private static Map<String, Call> calls() {
    Map<String, Call> calls = new LinkedHashMap<>();
    Transformer model = Transformer.random(TransformerConfig.demo(), 1);
    AdamW optimizer = new AdamW(model.parameters(), AdamW.Settings.DEFAULT);
    int[] ids = new int[4 * 128];
    Arrays.setAll(ids, i -> i * 79 % 256);
    long pass = ARGUMENTS * (4 * BLOCK_LOOPS + OTHER_LOOPS);
    calls.put("forward", new Call(pass, () -> model.forward(ids, 4)));
    Runnable step =
        () -> {
          model.clearGradients();
          model.forward(ids, 4);
          model.lossAndBackward(ids);
          optimizer.step(1e-3, 1);
          model.weightsChanged();
        };
    calls.put("training step", new Call(STEP_FACTOR * pass, step));
    Transformer packed = model.pack();
    calls.put("packed forward", new Call(pass, () -> packed.forward(ids, 4)));
    KeyValueCache cache = new KeyValueCache(packed.config());
    int[] id = {7};
    Runnable token =
        () -> {
          cache.length %= packed.config().context();
          cache.feed(packed, id);
        };
    calls.put("token", new Call(pass, token));
    return calls;
  }
}
