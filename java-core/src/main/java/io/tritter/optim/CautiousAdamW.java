package io.tritter.optim;

import io.tritter.nn.Parameter;
import java.util.List;

/**
 * {@link AdamW} with the cautious mask (Liang et al., 2024): an element whose first moment and
 * gradient differ in sign stays, but for the decay, and the others of its tensor of n elements move
 * by {@code n / (agreeing + 1)} times as much.
 */
public record CautiousAdamW(AdamW.Settings constants) implements OptimizerSettings {

  @Override
  public Optimizer create(List<Parameter> parameters) {
    return new AdamW(
        parameters,
        constants,
        (learningRate, decay, step) -> constants.at(learningRate, decay, step).masked());
  }
}
