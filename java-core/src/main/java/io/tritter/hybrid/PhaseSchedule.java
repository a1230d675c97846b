package io.tritter.hybrid;

import io.tritter.tensor.Check;

/**
 * Lengths of the phases, in steps.
 *
 * <p>After {@code warmup} steps one cycle follows another: {@code full} FULL steps, then a stretch
 * of predicted steps, whose positions count from 0. A positive multiple of {@code correctEvery} is
 * a CORRECT step, and so is the position after {@code predict} PREDICT steps in a row; all others
 * are PREDICT. The stretch ends before position {@code predict}, unless a CORRECT step falls on
 * just that: it is still made. The default has cycles of 26 steps: 5 F, 5 P, C, and three times 4
 * P, C.
 *
 * @param warmup at least 1
 * @param full at least 1
 * @param predict at least 0; 0 predicts nothing
 * @param correctEvery at least 1
 */
public record PhaseSchedule(int warmup, int full, int predict, int correctEvery) {
  public static final PhaseSchedule DEFAULT = new PhaseSchedule(10, 5, 20, 5);

  public PhaseSchedule {
    Check.atLeast("warmup_steps", warmup, 1);
    Check.atLeast("full_steps", full, 1);
    Check.atLeast("predict_steps", predict, 0);
    Check.atLeast("correct_every", correctEvery, 1);
  }
}
