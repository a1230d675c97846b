package io.tritter.optim;

import io.tritter.kernel.AdamWStep;
import io.tritter.nn.Parameter;
import io.tritter.tensor.Check;
import java.util.List;

/**
 * {@link AdamW} with Nesterov's look-ahead (Dozat, 2016), as {@code torch.optim.NAdam} with {@code
 * decoupled_weight_decay}: the direction is the first moment as it will be after a further step
 * with this gradient.
 *
 * @param momentumDecay at least 0: the momentum of step t is {@code beta1 (1 - 0.96^(t
 *     momentumDecay) / 2)}
 */
public record NAdam(AdamW.Settings constants, double momentumDecay) implements OptimizerSettings {
  public static final double MOMENTUM_DECAY = 0.004;

  public NAdam {
    Check.inRange("momentum_decay", momentumDecay, 0, Float.MAX_VALUE);
  }

  @Override
  public Optimizer create(List<Parameter> parameters) {
    return new AdamW(parameters, constants, this::at);
  }

  private AdamWStep at(double learningRate, double decay, long step) {
    double product = product(step);
    double now = momentum(step);
    double next = momentum(step + 1);
    return constants
        .at(learningRate, decay, step)
        .withDirection(next / (1 - product * next), (1 - now) / (1 - product));
  }

  private double momentum(long step) {
    return constants.beta1() * (1 - 0.5 * Math.pow(0.96, step * momentumDecay));
  }

  /** The product of the momentums so far, or a number that 1 does not feel, some dozen factors. */
  private double product(long step) {
    double product = 1;
    for (long t = 1; t <= step && product > Math.ulp(0.5); t++) {
      product *= momentum(t);
    }
    return product;
  }
}
