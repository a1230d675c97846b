package io.tritter.model;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.tritter.AllocatedBytes;
import io.tritter.FreshJvm;
import io.tritter.kernel.Kernels;
import io.tritter.optim.AdamW;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/**
 * A warm model allocates what carries arguments to the threads, and nothing that grows with sizes.
 */
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

  /** The measurement: an AssertionError, and so exit code 1, for more bytes than the bound. */
  public static void main(String[] args) {
    Transformer model = Transformer.random(TransformerConfig.demo(), 1);
    AdamW optimizer = new AdamW(model.parameters(), AdamW.Settings.DEFAULT);
    int[] ids = new int[4 * 128];
    Arrays.setAll(ids, i -> i * 79 % 256);
    long pass = ARGUMENTS * (4 * BLOCK_LOOPS + OTHER_LOOPS);
    check("forward", pass, () -> model.forward(ids, 4));
    check(
        "training step",
        STEP_FACTOR * pass,
        () -> {
          model.clearGradients();
          model.forward(ids, 4);
          model.lossAndBackward(ids);
          optimizer.step(1e-3, 1);
          model.weightsChanged();
        });
    Transformer packed = model.pack();
    check("packed forward", pass, () -> packed.forward(ids, 4));
    KeyValueCache cache = new KeyValueCache(packed.config());
    int[] id = {7};
    check(
        "token",
        pass,
        () -> {
          cache.length %= packed.config().context();
          packed.decode(id, cache);
        });
  }

  private static void check(String name, long bound, Runnable call) {
    long bytes = AllocatedBytes.steady(call, ROUND, bound, WARM_UP_NANOS);
    assertTrue(
        bytes <= bound, "%s: expected at most %d bytes, got %d".formatted(name, bound, bytes));
  }
}
