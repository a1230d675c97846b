package io.tritter.adapter;

import io.tritter.nn.Linear;
import io.tritter.tensor.Check;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.random.RandomGenerator;

/**
 * Turns of blocks of the input and a scale for each output; see {@link Boft}.
 *
 * @param boftBlockSize inputs of a block, or 0
 * @param boftBlockNum blocks of a layer, or 0
 */
public record BoftConfig(int boftBlockSize, int boftBlockNum, TargetModules targetModules)
    implements LinearAdapterConfig {
  public BoftConfig {
    Check.atLeast("boft_block_size", boftBlockSize, 0);
    Check.atLeast("boft_block_num", boftBlockNum, 0);
    if ((boftBlockSize == 0) == (boftBlockNum == 0)) {
      throw Check.expected(
          "boft_block_size", "0 where boft_block_num is not, and not 0 where it is", boftBlockSize);
    }
  }

  /** Blocks of a size. */
  public static BoftConfig of(int boftBlockSize, TargetModules targetModules) {
    return new BoftConfig(boftBlockSize, 0, targetModules);
  }

  @Override
  public Map<String, LinearAdapter> create(
      String name, Map<String, Linear> layers, RandomGenerator random) {
    Map<String, LinearAdapter> adapters = new LinkedHashMap<>();
    layers.forEach(
        (layer, base) -> {
          int in = base.inFeatures();
          int size = boftBlockSize > 0 ? boftBlockSize : Math.max(1, in / boftBlockNum);
          adapters.put(layer, new Boft(layer, name, base, size));
        });
    return adapters;
  }
}
