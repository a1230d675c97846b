package io.tritter.train;

/**
 * The loss on text that no step has trained on.
 *
 * @param step number of steps that came before
 * @param loss mean over all bytes, in nats a byte
 * @param seconds since the run began
 */
public record HeldOutLoss(long step, double loss, double seconds) {}
