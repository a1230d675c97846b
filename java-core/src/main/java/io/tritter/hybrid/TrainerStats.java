package io.tritter.hybrid;

/**
 * What the steps of a {@link DeterministicTrainer} have been so far.
 *
 * @param cycles cycles that have ended
 * @param speedup steps for each backward pass
 * @param meanPredictionError as in {@link StepResult}
 * @param currentLoss loss of the last step, 0 before the first
 */
public record TrainerStats(
    long totalSteps,
    long warmupSteps,
    long fullSteps,
    long predictSteps,
    long correctSteps,
    long cycles,
    double speedup,
    double meanPredictionError,
    double currentLoss) {}
