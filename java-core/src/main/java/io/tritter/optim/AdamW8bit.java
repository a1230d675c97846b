package io.tritter.optim;

import io.tritter.nn.Parameter;
import java.util.List;

/**
 * {@link AdamW} whose moments take a byte each (Dettmers et al., 2022), as {@code AdamW8bit} of
 * bitsandbytes: in blocks of 256, those of tensors below 4096 elements in float32.
 */
public record AdamW8bit(AdamW.Settings constants) implements OptimizerSettings {
  @Override
  public Optimizer create(List<Parameter> parameters) {
    return new BlockwiseAdamW(parameters, constants);
  }
}
