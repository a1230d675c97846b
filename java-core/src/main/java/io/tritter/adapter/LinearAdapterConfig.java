package io.tritter.adapter;

import io.tritter.nn.Linear;
import java.util.Map;
import java.util.random.RandomGenerator;

/** Adapters of single layers: which form is put where. */
public sealed interface LinearAdapterConfig extends AdapterConfig
    permits LoraConfig,
        AdaLoraConfig,
        Ia3Config,
        VeraConfig,
        LohaConfig,
        LokrConfig,
        OftConfig,
        BoftConfig {
  /** The layers that get an adapter. */
  TargetModules targetModules();

  /**
   * Adapters that change nothing yet.
   *
   * @param name of the adapter, a part of the names of its parameters
   * @param layers the target layers by their names, without {@code .weight}
   * @return those of the same layers
   */
  Map<String, LinearAdapter> create(
      String name, Map<String, Linear> layers, RandomGenerator random);
}
