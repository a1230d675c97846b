package io.tritter.hybrid;

import io.tritter.tensor.Tensor;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What one step of a {@link DeterministicTrainer} was.
 *
 * @param needsBackward whether this step took gradients of a backward pass
 * @param nextNeedsBackward whether the next one will
 * @param totalStep number of this step, from 0
 * @param cycle number of the cycle that this step is in, from 0
 * @param predictedGradients by name, in PREDICT, else null; valid until the next step, which
 *     overwrites them
 * @param speedup steps so far for each backward pass so far
 * @param meanPredictionError running average (0.9 old, 0.1 new, from 0) of the mean |actual -
 *     predicted| at CORRECT steps
 */
public record StepResult(
    Phase phase,
    boolean needsBackward,
    boolean nextNeedsBackward,
    long totalStep,
    long cycle,
    @Nullable Map<String, Tensor> predictedGradients,
    double speedup,
    double meanPredictionError) {}
