package io.tritter.hybrid;

import io.tritter.tensor.Check;
import java.util.List;

/**
 * Settings of a {@link HybridTrainer}.
 *
 * @param warmupSteps full steps at the start, at least 1
 * @param fullSteps full steps between two attempts, at least 2
 * @param recoverySteps CORRECT steps before an attempt is judged, at least 1
 * @param opening what follows WARMUP
 * @param kinds of attempts, each with every length and strength; empty for no attempts
 * @param lengths PREDICT steps of an attempt, each at least 1
 * @param strengths above 0, at most 1; each kind says what they mean
 * @param confidence above 0, below 1: a kind whose predictions have a lower cosine to what was
 *     measured is not tried
 * @param tryingShare of the time that attempts which gain nothing may cost; at least 0, at most 0.5
 * @param rejections of an arm in a row that close it for good; at least 1
 * @param limits of divergence
 * @param correction of jumps
 * @param mostRate factor that the learning rate may be raised by; 1 for never
 * @param clock by which attempts are judged
 * @param forecast whether a {@link Forecaster} watches, and attempts wait while it is not sure
 */
public record HybridConfig(
    int warmupSteps,
    int fullSteps,
    int recoverySteps,
    Opening opening,
    List<Kind> kinds,
    List<Integer> lengths,
    List<Double> strengths,
    double confidence,
    double tryingShare,
    int rejections,
    DivergenceLimits limits,
    Correction correction,
    double mostRate,
    Clock clock,
    boolean forecast) {

  /** What a second is. */
  public enum Clock {
    /**
     * The cost that each kind declares, in full steps: the same run takes the same decisions on
     * every machine, and after a resume. The default.
     */
    DECLARED,
    /** Seconds that were measured: the truth, but no run repeats another to the bit. */
    WALL
  }

  /** Settings to begin with. */
  public enum Preset {
    /** No opening; halves of a batch are tried, at 1 % of the time. */
    SAFE,
    /**
     * From scratch: a quarter, then half of the layers, stacked, for the first 75 % of the steps.
     * Else quarters, then halves of a batch for the first 40 %. Then halves of a batch are tried.
     * The default.
     */
    BALANCED,
    /**
     * From scratch: the same opening. Else half of the layers for the first 40 %, which are not
     * stacked. Then every kind is tried.
     */
    AGGRESSIVE
  }

  private static final int MOST_WARMUP = 10;

  /** A preset's WARMUP lasts for at most one step in so many. */
  private static final int WARMUP_PART = 50;

  public HybridConfig {
    Check.atLeast("warmup_steps", warmupSteps, 1);
    Check.atLeast("full_steps", fullSteps, 2);
    Check.atLeast("recovery_steps", recoverySteps, 1);
    kinds = List.copyOf(kinds);
    lengths = List.copyOf(lengths);
    strengths = List.copyOf(strengths);
    if (kinds.contains(Kind.OFF)) {
      throw Check.expected("kinds", "kinds to try beside off, which always is", kinds);
    }
    if (!kinds.isEmpty() && (lengths.isEmpty() || strengths.isEmpty())) {
      throw Check.expected("kinds", "lengths and strengths to try", "none");
    }
    lengths.forEach(length -> Check.atLeast("lengths", length, 1));
    strengths.forEach(strength -> Effort.share("strengths", strength));
    if (!(confidence > 0 && confidence < 1)) {
      throw Check.expected("confidence", "above 0 and below 1", confidence);
    }
    Check.inRange("trying_share", tryingShare, 0, 0.5);
    Check.atLeast("rejections", rejections, 1);
    Check.inRange("most_rate", mostRate, 1, 1000);
  }

  /**
   * The settings of a preset.
   *
   * @param totalSteps of the run, for the length of the opening; 0 if they are not known, without
   *     opening then
   * @param fromScratch whether the model has learned nothing yet, so that its layers may be
   *     overwritten
   */
  public static HybridConfig of(Preset preset, long totalSteps, boolean fromScratch) {
    int warmup = MOST_WARMUP;
    if (totalSteps > 0) {
      warmup = Math.clamp(totalSteps / WARMUP_PART, 1, MOST_WARMUP);
    }
    return switch (preset) {
      case SAFE -> of(warmup, Opening.NONE, List.of(Kind.BATCH), List.of(20), 0.01);
      case BALANCED ->
          of(
              warmup,
              fromScratch
                  ? opening(Kind.SHALLOW, 0.75 * totalSteps, List.of(0.25, 0.5), true)
                  : opening(Kind.BATCH, 0.4 * totalSteps, List.of(0.25, 0.5), false),
              List.of(Kind.BATCH),
              List.of(20, 40),
              0.03);
      case AGGRESSIVE ->
          of(
              warmup,
              fromScratch
                  ? opening(Kind.SHALLOW, 0.75 * totalSteps, List.of(0.25, 0.5), true)
                  : opening(Kind.SHALLOW, 0.4 * totalSteps, List.of(0.5), false),
              List.of(Kind.BATCH, Kind.CONTEXT, Kind.DISPLACEMENT, Kind.COASTING, Kind.LINEAR),
              List.of(10, 20),
              0.03);
    };
  }

  private static Opening opening(Kind kind, double steps, List<Double> strengths, boolean stack) {
    int whole = (int) Math.min(Integer.MAX_VALUE, Math.round(steps));
    return whole == 0 ? Opening.NONE : new Opening(kind, whole, strengths, stack);
  }

  /** The same settings with another opening. */
  public HybridConfig withOpening(Opening other) {
    return with(other, tryingShare, mostRate, forecast);
  }

  /** The same settings with another share of the time for attempts. */
  public HybridConfig withTryingShare(double other) {
    return with(opening, other, mostRate, forecast);
  }

  /** The same settings with another limit to the learning rate. */
  public HybridConfig withMostRate(double other) {
    return with(opening, tryingShare, other, forecast);
  }

  /** The same settings with a forecaster, or without. */
  public HybridConfig withForecast(boolean other) {
    return with(opening, tryingShare, mostRate, other);
  }

  private HybridConfig with(
      Opening newOpening, double newTryingShare, double newMostRate, boolean newForecast) {
    return new HybridConfig(
        warmupSteps,
        fullSteps,
        recoverySteps,
        newOpening,
        kinds,
        lengths,
        strengths,
        confidence,
        newTryingShare,
        rejections,
        limits,
        correction,
        newMostRate,
        clock,
        newForecast);
  }

  /** Whether steps of a kind may come. */
  boolean uses(Kind kind) {
    return kinds.contains(kind) || (kind != Kind.OFF && opening.kind() == kind);
  }

  private static HybridConfig of(
      int warmup, Opening opening, List<Kind> kinds, List<Integer> lengths, double tryingShare) {
    return new HybridConfig(
        warmup,
        10,
        10,
        opening,
        kinds,
        lengths,
        List.of(0.5),
        0.1,
        tryingShare,
        3,
        DivergenceLimits.DEFAULT,
        Correction.NONE,
        1,
        Clock.DECLARED,
        false);
  }
}
