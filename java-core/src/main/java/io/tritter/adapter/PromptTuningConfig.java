package io.tritter.adapter;

import io.tritter.nn.Embedding;
import io.tritter.tensor.Check;
import io.tritter.tensor.Tensor;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Prompt tuning (Lester et al., 2021): the first block reads {@code numVirtualTokens} rows that
 * learn before those of the ids.
 *
 * @param promptTuningInit how the rows begin
 * @param initIds for {@link Init#TEXT}, repeated or cut to {@code numVirtualTokens}; empty else
 */
public record PromptTuningConfig(int numVirtualTokens, Init promptTuningInit, List<Integer> initIds)
    implements SoftPromptConfig {

  /** How the rows begin. */
  public enum Init {
    /** Normal numbers of deviation 1. */
    RANDOM,
    /** Rows of ids that are drawn. */
    SAMPLE_VOCAB,
    /** Rows of given ids. */
    TEXT
  }

  public PromptTuningConfig {
    Check.atLeast("num_virtual_tokens", numVirtualTokens, 1);
    initIds = List.copyOf(initIds);
    if ((promptTuningInit == Init.TEXT) == initIds.isEmpty()) {
      throw Check.expected(
          "init_ids", "ids for TEXT and none else", initIds + " for " + promptTuningInit);
    }
  }

  /** Rows that begin at random. */
  public static PromptTuningConfig of(int numVirtualTokens) {
    return new PromptTuningConfig(numVirtualTokens, Init.RANDOM, List.of());
  }

  /**
   * Rows that begin as they are to.
   *
   * @param name of the adapter
   * @param tokens what the first block reads for ids
   */
  public SoftPrompt.Inputs create(String name, Embedding tokens, RandomGenerator random) {
    Tensor rows =
        switch (promptTuningInit) {
          case RANDOM -> Draw.normal(random, 1, numVirtualTokens, tokens.dim());
          case SAMPLE_VOCAB ->
              tokens.rows(random.ints(numVirtualTokens, 0, tokens.vocab()).toArray());
          case TEXT -> {
            int[] ids = new int[numVirtualTokens];
            for (int i = 0; i < ids.length; i++) {
              ids[i] = initIds.get(i % initIds.size());
            }
            yield tokens.rows(ids);
          }
        };
    return new SoftPrompt.Inputs(SoftPrompt.parameter(name, rows));
  }
}
