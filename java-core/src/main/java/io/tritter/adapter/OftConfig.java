package io.tritter.adapter;

import io.tritter.nn.Linear;
import io.tritter.tensor.Check;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.random.RandomGenerator;

/**
 * Turns of blocks of the input; see {@link Oft}.
 *
 * @param r blocks of a layer, or 0
 * @param oftBlockSize inputs of a block, or 0 with {@code r}
 * @param blockShare whether all blocks of a layer have the same turn
 * @param useCayleyNeumann whether a series stands for the turn
 * @param numCayleyNeumannTerms of the series
 */
public record OftConfig(
    int r,
    int oftBlockSize,
    boolean blockShare,
    boolean useCayleyNeumann,
    int numCayleyNeumannTerms,
    TargetModules targetModules)
    implements LinearAdapterConfig {
  public OftConfig {
    Check.atLeast("r", r, 0);
    Check.atLeast("oft_block_size", oftBlockSize, 0);
    if ((r == 0) == (oftBlockSize == 0)) {
      throw Check.expected(
          "oft_block_size", "0 where r is not, and not 0 where r is", oftBlockSize);
    }
    Check.atLeast("num_cayley_neumann_terms", numCayleyNeumannTerms, 1);
  }

  /** Exact turns of blocks of a size. */
  public static OftConfig of(int oftBlockSize, TargetModules targetModules) {
    return new OftConfig(0, oftBlockSize, false, false, 5, targetModules);
  }

  @Override
  public Map<String, LinearAdapter> create(
      String name, Map<String, Linear> layers, RandomGenerator random) {
    Cayley cayley = useCayleyNeumann ? new Cayley(numCayleyNeumannTerms) : Cayley.EXACT;
    Map<String, LinearAdapter> adapters = new LinkedHashMap<>();
    layers.forEach(
        (layer, base) -> {
          int size = oftBlockSize > 0 ? oftBlockSize : Math.max(1, base.inFeatures() / r);
          adapters.put(layer, new Oft(layer, name, base, size, blockShare, cayley));
        });
    return adapters;
  }
}
