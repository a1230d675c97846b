package io.tritter.run;

import io.tritter.format.FormatException;
import io.tritter.optim.AdamW;
import io.tritter.optim.AdamW8bit;
import io.tritter.optim.CautiousAdamW;
import io.tritter.optim.Muon;
import io.tritter.optim.NAdam;
import io.tritter.optim.OptimizerSettings;

/** The {@code training.optimizer} section. */
final class OptimizerSection {
  private enum Kind {
    ADAMW,
    ADAMW8BIT,
    CAUTIOUS,
    NADAM,
    MUON
  }

  private OptimizerSection() {}

  /**
   * Reads the section.
   *
   * @param cautious whether the mask is on where no kind is named, as it is beside cheap steps
   */
  static OptimizerSettings read(YamlMapping section, boolean cautious) throws FormatException {
    AdamW.Settings usual = AdamW.Settings.DEFAULT;
    Kind kind = section.constant("kind", cautious ? Kind.CAUTIOUS : Kind.ADAMW);
    double beta1 = section.number("beta1", usual.beta1());
    double beta2 = section.number("beta2", usual.beta2());
    double epsilon = section.number("epsilon", usual.epsilon());
    double decay = section.number("weight_decay", usual.weightDecay());
    YamlMapping.Construction<AdamW.Settings> adamW =
        () -> new AdamW.Settings(beta1, beta2, epsilon, decay);
    return switch (kind) {
      case ADAMW -> section.end(adamW);
      case ADAMW8BIT -> section.end(() -> new AdamW8bit(adamW.make()));
      case CAUTIOUS -> section.end(() -> new CautiousAdamW(adamW.make()));
      case NADAM -> {
        double momentumDecay = section.number("momentum_decay", NAdam.MOMENTUM_DECAY);
        yield section.end(() -> new NAdam(adamW.make(), momentumDecay));
      }
      case MUON -> {
        double momentum = section.number("momentum", Muon.Settings.DEFAULT.momentum());
        int iterations = section.integer("iterations", Muon.Settings.DEFAULT.iterations());
        yield section.end(() -> new Muon.Settings(momentum, iterations, adamW.make()));
      }
    };
  }
}
