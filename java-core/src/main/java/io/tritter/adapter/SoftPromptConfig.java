package io.tritter.adapter;

/**
 * An adapter of the positions before a sequence. It changes what the model computes from the start,
 * as no choice of numbers leaves it out, and cannot be merged into matrices.
 */
public sealed interface SoftPromptConfig extends AdapterConfig
    permits PromptTuningConfig, PrefixTuningConfig {
  /** Positions before each sequence. */
  int numVirtualTokens();
}
