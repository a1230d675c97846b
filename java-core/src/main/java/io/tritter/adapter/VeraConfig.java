package io.tritter.adapter;

import io.tritter.nn.Linear;
import io.tritter.tensor.Check;
import io.tritter.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.random.RandomGenerator;

/**
 * Two vectors a layer between random matrices that all layers share; see {@link Vera}.
 *
 * @param r the rank
 * @param dInitial what the inner vector begins with
 * @param veraDropout share of the adapter's inputs that training leaves out
 */
public record VeraConfig(int r, double dInitial, double veraDropout, TargetModules targetModules)
    implements LinearAdapterConfig {
  public VeraConfig {
    Check.atLeast("r", r, 1);
    Check.finite("d_initial", dInitial);
    Check.inRange("vera_dropout", veraDropout, 0, 0.99);
  }

  /** With PEFT's beginning, 0.1. */
  public static VeraConfig of(int r, TargetModules targetModules) {
    return new VeraConfig(r, 0.1, 0, targetModules);
  }

  @Override
  public Map<String, LinearAdapter> create(
      String name, Map<String, Linear> layers, RandomGenerator random) {
    int in = layers.values().stream().mapToInt(Linear::inFeatures).max().orElse(0);
    int out = layers.values().stream().mapToInt(Linear::outFeatures).max().orElse(0);
    Tensor a = Draw.uniform(random, Math.sqrt(6.0 / in), r, in);
    Tensor b = Draw.uniform(random, Math.sqrt(6.0 / r), out, r);
    Map<String, LinearAdapter> adapters = new LinkedHashMap<>();
    layers.forEach(
        (layer, base) ->
            adapters.put(
                layer,
                new Vera(layer, name, base, a, b, (float) dInitial).withDropout(veraDropout)));
    return adapters;
  }
}
