package io.tritter.hybrid;

import java.util.List;
import java.util.Map;

/**
 * What the steps of a {@link HybridTrainer} have been so far.
 *
 * @param phases steps and seconds of each phase
 * @param arms what can be tried, and what came of it
 * @param progress fall of the mean loss of full steps since WARMUP, a second
 * @param overhead share of all seconds that was neither pass nor optimizer: the trainer's own
 * @param rateFactor by which the learning rate was raised
 * @param forecasts what forecasts of the loss were worth, of each kind the nearest first; empty
 *     without them
 */
public record HybridStats(
    Map<Phase, PhaseTotal> phases,
    List<ArmRecord> arms,
    double progress,
    double overhead,
    double rateFactor,
    List<ForecastError> forecasts) {

  /** Steps of a phase, and seconds that they took. */
  public record PhaseTotal(long steps, double seconds) {}

  public HybridStats {
    phases = Map.copyOf(phases);
    arms = List.copyOf(arms);
    forecasts = List.copyOf(forecasts);
  }

  /** Attempts that ended. */
  public long tried() {
    return arms.stream().mapToLong(ArmRecord::tries).sum();
  }

  /** Attempts whose weights stayed. */
  public long kept() {
    return arms.stream().mapToLong(ArmRecord::kept).sum();
  }

  /** Attempts whose weights did not. */
  public long rolledBack() {
    return tried() - kept();
  }

  /** Attempts that were not begun for want of confidence. */
  public long declined() {
    return arms.stream().mapToLong(ArmRecord::declined).sum();
  }
}
