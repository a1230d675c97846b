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

  /** At most so many numbers, shared ones among them, the adapter of a layer holds. */
  default long most(int in, int out) {
    long both = (long) in + out;
    return switch (this) {
      case LoraConfig c -> 2L * c.r() * both + out;
      case AdaLoraConfig c -> c.initR() * (both + 1);
      case Ia3Config c -> Math.max(in, out);
      case VeraConfig c -> c.r() * (both + 1) + out;
      case LohaConfig c -> 2L * c.r() * both;
      case LokrConfig c -> c.r() * both + (long) in * out;
      case OftConfig c -> (long) in * in;
      case BoftConfig c -> (long) in * in + out;
    };
  }
}
