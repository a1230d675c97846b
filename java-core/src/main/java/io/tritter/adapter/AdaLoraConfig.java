package io.tritter.adapter;

import io.tritter.nn.Linear;
import io.tritter.tensor.Check;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.random.RandomGenerator;

/**
 * LoRA in the form of a singular value decomposition; see {@link AdaLora}.
 *
 * @param initR the rank
 * @param loraAlpha the delta is times {@code loraAlpha / initR}
 */
public record AdaLoraConfig(int initR, double loraAlpha, TargetModules targetModules)
    implements AdapterConfig {
  /** PEFT divides by a little more than the rank. */
  private static final float EPSILON = 1e-5f;

  public AdaLoraConfig {
    Check.atLeast("initR", initR, 1);
    Check.positive("loraAlpha", loraAlpha);
  }

  @Override
  public Map<String, LinearAdapter> create(
      String name, Map<String, Linear> layers, RandomGenerator random) {
    float scaling = (float) loraAlpha / (initR + EPSILON);
    Map<String, LinearAdapter> adapters = new LinkedHashMap<>();
    layers.forEach(
        (layer, base) ->
            adapters.put(layer, new AdaLora(layer, name, base, initR, scaling, random)));
    return adapters;
  }
}
