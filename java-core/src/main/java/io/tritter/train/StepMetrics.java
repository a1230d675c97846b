package io.tritter.train;

import io.tritter.hybrid.HybridStep.Verdict;
import io.tritter.hybrid.Kind;
import io.tritter.hybrid.Phase;

/**
 * What is known of a training step when it is over; NaN for what was not measured.
 *
 * @param step number of the step, from 0
 * @param loss of the batch, in nats a token
 * @param gradientNorm Euclidean norm of all gradients before clipping
 * @param tokens predicted since the run began
 * @param seconds since the run began
 * @param predicted whether the step took predicted gradients instead of a backward pass, or was
 *     cheap otherwise
 * @param predictionError mean |actual - predicted| of gradients, a running average over CORRECT
 *     steps
 * @param stepSeconds of this step alone
 * @param memoryBytes of the heap in use when it was over
 * @param kind of cheap step that it was; OFF for another
 * @param verdict on the attempt at cheap steps that ended with it
 */
public record StepMetrics(
    long step,
    Phase phase,
    double loss,
    double gradientNorm,
    double learningRate,
    long tokens,
    double tokensPerSecond,
    double seconds,
    boolean predicted,
    double predictionError,
    double stepSeconds,
    double memoryBytes,
    Kind kind,
    Verdict verdict) {

  /** A step that was neither cheap nor the end of an attempt to be so. */
  public StepMetrics(
      long step,
      Phase phase,
      double loss,
      double gradientNorm,
      double learningRate,
      long tokens,
      double tokensPerSecond,
      double seconds,
      boolean predicted,
      double predictionError,
      double stepSeconds,
      double memoryBytes) {
    this(
        step,
        phase,
        loss,
        gradientNorm,
        learningRate,
        tokens,
        tokensPerSecond,
        seconds,
        predicted,
        predictionError,
        stepSeconds,
        memoryBytes,
        Kind.OFF,
        Verdict.NONE);
  }

  /** A step of which no more was measured. */
  public StepMetrics(
      long step,
      Phase phase,
      double loss,
      double gradientNorm,
      double learningRate,
      long tokens,
      double tokensPerSecond,
      double seconds,
      boolean predicted) {
    this(
        step,
        phase,
        loss,
        gradientNorm,
        learningRate,
        tokens,
        tokensPerSecond,
        seconds,
        predicted,
        Double.NaN,
        Double.NaN,
        Double.NaN);
  }

  /** {@code e^loss}: the number of equally likely tokens that are as hard to guess. */
  public double perplexity() {
    return Math.exp(loss);
  }

  /** The same step with the numbers of the run that it is in, and the heap as it is now. */
  public StepMetrics inRun(long tokens, double seconds, double stepSeconds) {
    Runtime memory = Runtime.getRuntime();
    return new StepMetrics(
        step,
        phase,
        loss,
        gradientNorm,
        learningRate,
        tokens,
        this.tokens / stepSeconds,
        seconds,
        predicted,
        predictionError,
        stepSeconds,
        memory.totalMemory() - memory.freeMemory(),
        kind,
        verdict);
  }
}
