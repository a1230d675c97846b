package io.tritter.kernel;

/**
 * Constants of one AdamW update.
 *
 * @param step counted from 1, for the bias correction
 */
public record AdamWStep(
    float learningRate, float beta1, float beta2, float epsilon, float weightDecay, long step) {}
