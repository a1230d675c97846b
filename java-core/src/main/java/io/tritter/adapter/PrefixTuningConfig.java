package io.tritter.adapter;

import io.tritter.tensor.Check;
import java.util.random.RandomGenerator;

/**
 * Prefix tuning (Li and Liang, 2021): the attention of every layer sees {@code numVirtualTokens}
 * keys and values that learn before those of the sequence. They learn as they are, without the
 * network of the paper's training, of which a file holds nothing.
 */
public record PrefixTuningConfig(int numVirtualTokens) implements SoftPromptConfig {
  public PrefixTuningConfig {
    Check.atLeast("num_virtual_tokens", numVirtualTokens, 1);
  }

  /**
   * Normal keys and values of deviation 1.
   *
   * @param name of the adapter
   */
  public SoftPrompt.KeysAndValues create(
      String name, int layers, int kvSize, RandomGenerator random) {
    return new SoftPrompt.KeysAndValues(
        SoftPrompt.parameter(
            name, Draw.normal(random, 1, numVirtualTokens, Math.multiplyExact(2 * layers, kvSize))),
        kvSize);
  }
}
