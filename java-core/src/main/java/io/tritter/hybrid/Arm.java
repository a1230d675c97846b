package io.tritter.hybrid;

/**
 * One way to spend PREDICT steps.
 *
 * @param length steps
 * @param strength as the kind means it
 */
public record Arm(Kind kind, int length, double strength) {}
