package io.tritter.adapter;

import io.tritter.nn.Linear;
import io.tritter.tensor.Check;
import io.tritter.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/**
 * One LoRA adapter of a layer for the weighted sum of several, {@code sum_i weight_i * delta_i}.
 */
public enum LoraSum {
  /** Exact: the rank is the sum of the ranks. */
  CAT {
    @Override
    LowRank sum(Linear base, List<AdaptedLinear.Active> parts, int rank) {
      List<LowRank> all = new ArrayList<>();
      for (AdaptedLinear.Active part : parts) {
        all.addAll(lora(part.adapter()).parts(part.weight()));
      }
      Tensor a = Tensor.zeros(rank, base.inFeatures());
      Tensor b = Tensor.zeros(base.outFeatures(), rank);
      int first = 0;
      for (LowRank part : all) {
        int n = part.a().dim(0);
        a.rows(first, first + n).copyFrom(part.a());
        for (int o = 0; o < base.outFeatures(); o++) {
          for (int i = 0; i < n; i++) {
            b.set((long) o * rank + first + i, part.b().get((long) o * n + i));
          }
        }
        first += n;
      }
      return new LowRank(a, b);
    }
  },

  /** The nearest of a rank that is asked for, by the singular values of the sum. */
  SVD {
    @Override
    LowRank sum(Linear base, List<AdaptedLinear.Active> parts, int rank) {
      Tensor delta = Tensor.zeros(base.outFeatures(), base.inFeatures());
      parts.forEach(p -> lora(p.adapter()).addDelta(p.weight(), delta));
      return SingularParts.largest(delta, rank, 1f, random());
    }
  };

  abstract LowRank sum(Linear base, List<AdaptedLinear.Active> parts, int rank);

  /**
   * The adapter, whose delta has no further scale.
   *
   * @param parts LoRA adapters of the layer, without magnitudes
   * @param rank what {@link #rank} gives for the adapters of the whole model
   */
  public LinearAdapter of(
      String layer, String name, Linear base, List<AdaptedLinear.Active> parts, int rank) {
    return new Lora(layer, name, base, sum(base, parts, rank), null, 1f, false);
  }

  /**
   * The rank of the sum.
   *
   * @param wanted for {@link #SVD}; 0 for the largest of the ranks
   * @throws IllegalArgumentException for magnitudes, which have no sum
   */
  public int rank(List<LoraConfig> configs, int wanted) {
    for (LoraConfig c : configs) {
      if (c.useDora()) {
        throw Check.expected("adapters", "LoRA without magnitudes", c);
      }
    }
    if (this == SVD) {
      return wanted > 0 ? wanted : configs.stream().mapToInt(LoraConfig::r).max().orElseThrow();
    }
    return configs.stream()
        .mapToInt(c -> c.initLoraWeights() == LoraConfig.Init.PISSA ? 2 * c.r() : c.r())
        .sum();
  }

  private static RandomGenerator random() {
    return RandomGeneratorFactory.of("L64X128MixRandom").create(0);
  }

  private static Lora lora(LinearAdapter adapter) {
    if (adapter instanceof Lora lora) {
      return lora;
    }
    throw Check.expected("adapters", "LoRA", adapter);
  }
}
