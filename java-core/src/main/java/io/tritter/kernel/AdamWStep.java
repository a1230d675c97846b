package io.tritter.kernel;

/**
 * Constants of one update of the family of AdamW: {@code learningRate / (root + epsilon)} times the
 * direction {@code momentWeight * m + gradientWeight * g}.
 *
 * @param step counted from 1, for the bias correction
 * @param momentWeight of the first moment m, its bias correction included
 * @param gradientWeight of the gradient g
 * @param cautious elements whose direction does not agree in sign with their gradient stay, but for
 *     the decay, and the others move by {@code n / (agreeing + 1)} times as much (Liang et al.,
 *     2024)
 */
public record AdamWStep(
    float learningRate,
    float beta1,
    float beta2,
    float epsilon,
    float weightDecay,
    long step,
    double momentWeight,
    double gradientWeight,
    boolean cautious) {

  /** The update of AdamW itself: the direction is the first moment without its bias. */
  public AdamWStep(
      float learningRate, float beta1, float beta2, float epsilon, float weightDecay, long step) {
    this(
        learningRate,
        beta1,
        beta2,
        epsilon,
        weightDecay,
        step,
        1 / (1 - Math.pow(beta1, (double) step)),
        0,
        false);
  }

  /** The same update with other weights of its direction. */
  public AdamWStep withDirection(double moment, double gradient) {
    return new AdamWStep(
        learningRate, beta1, beta2, epsilon, weightDecay, step, moment, gradient, cautious);
  }

  /** The same update with the cautious mask. */
  public AdamWStep masked() {
    return new AdamWStep(
        learningRate,
        beta1,
        beta2,
        epsilon,
        weightDecay,
        step,
        momentWeight,
        gradientWeight,
        /* cautious= */ true);
  }
}
