package io.tritter.adapter;

import io.tritter.nn.Linear;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A scale for each output, or input, of a layer; see {@link Ia3}.
 *
 * @param feedforwardModules of the targets, those whose inputs are scaled; null for none
 */
public record Ia3Config(TargetModules targetModules, @Nullable TargetModules feedforwardModules)
    implements LinearAdapterConfig {
  @Override
  public Map<String, LinearAdapter> create(
      String name, Map<String, Linear> layers, RandomGenerator random) {
    Map<String, LinearAdapter> adapters = new LinkedHashMap<>();
    layers.forEach(
        (layer, base) -> {
          boolean inputs = feedforwardModules != null && feedforwardModules.matches(layer);
          adapters.put(layer, new Ia3(layer, name, base, inputs));
        });
    return adapters;
  }
}
