package io.tritter.adapter;

import io.tritter.nn.Linear;
import io.tritter.tensor.Check;
import io.tritter.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.random.RandomGenerator;

/**
 * The element-wise product of two matrices of low rank; see {@link Loha}.
 *
 * @param r the rank of each
 * @param alpha the delta is times {@code alpha / r}
 */
public record LohaConfig(int r, double alpha, TargetModules targetModules)
    implements LinearAdapterConfig {
  public LohaConfig {
    Check.atLeast("r", r, 1);
    Check.positive("alpha", alpha);
  }

  @Override
  public Map<String, LinearAdapter> create(
      String name, Map<String, Linear> layers, RandomGenerator random) {
    Map<String, LinearAdapter> adapters = new LinkedHashMap<>();
    layers.forEach(
        (layer, base) -> {
          int in = base.inFeatures();
          int out = base.outFeatures();
          double ofRank = 1 / Math.sqrt(r);
          Tensor[] a = {Draw.uniform(random, ofRank, out, r), Draw.uniform(random, ofRank, out, r)};
          Tensor[] b = {Draw.uniform(random, 1 / Math.sqrt(in), r, in), Tensor.zeros(r, in)};
          adapters.put(layer, new Loha(layer, name, a, b, (float) (alpha / r)));
        });
    return adapters;
  }
}
