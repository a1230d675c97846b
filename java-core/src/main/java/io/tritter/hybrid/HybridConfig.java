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
    /** Quarters, then halves of a batch for the first 40 % of the steps. The default. */
    BALANCED,
    /** Half of the layers for the first 40 % of the steps; then every kind is tried. */
    AGGRESSIVE
  }

  private static final double OPENING_SHARE = 0.4;

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
   */
  public static HybridConfig of(Preset preset, long totalSteps) {
    int opening = (int) Math.min(Integer.MAX_VALUE, Math.round(OPENING_SHARE * totalSteps));
    return switch (preset) {
      case SAFE -> of(Opening.NONE, List.of(Kind.BATCH), List.of(20), List.of(0.5), 0.01);
      case BALANCED ->
          of(
              opening == 0 ? Opening.NONE : new Opening(Kind.BATCH, opening, List.of(0.25, 0.5)),
              List.of(Kind.BATCH),
              List.of(20, 40),
              List.of(0.5),
              0.03);
      case AGGRESSIVE ->
          of(
              opening == 0 ? Opening.NONE : new Opening(Kind.SHALLOW, opening, List.of(0.5)),
              List.of(Kind.BATCH, Kind.CONTEXT, Kind.DISPLACEMENT, Kind.COASTING, Kind.LINEAR),
              List.of(10, 20),
              List.of(0.5),
              0.03);
    };
  }

  /** The same settings with another opening. */
  public HybridConfig withOpening(Opening other) {
    return new HybridConfig(
        warmupSteps,
        fullSteps,
        recoverySteps,
        other,
        kinds,
        lengths,
        strengths,
        confidence,
        tryingShare,
        rejections,
        limits,
        correction,
        mostRate,
        clock,
        forecast);
  }

  /** The same settings with another share of the time for attempts. */
  public HybridConfig withTryingShare(double other) {
    return new HybridConfig(
        warmupSteps,
        fullSteps,
        recoverySteps,
        opening,
        kinds,
        lengths,
        strengths,
        confidence,
        other,
        rejections,
        limits,
        correction,
        mostRate,
        clock,
        forecast);
  }

  /** The same settings with another limit to the learning rate. */
  public HybridConfig withMostRate(double other) {
    return new HybridConfig(
        warmupSteps,
        fullSteps,
        recoverySteps,
        opening,
        kinds,
        lengths,
        strengths,
        confidence,
        tryingShare,
        rejections,
        limits,
        correction,
        other,
        clock,
        forecast);
  }

  /** The same settings with a forecaster, or without. */
  public HybridConfig withForecast(boolean other) {
    return new HybridConfig(
        warmupSteps,
        fullSteps,
        recoverySteps,
        opening,
        kinds,
        lengths,
        strengths,
        confidence,
        tryingShare,
        rejections,
        limits,
        correction,
        mostRate,
        clock,
        other);
  }

  /** Whether steps of a kind may come. */
  boolean uses(Kind kind) {
    return kinds.contains(kind) || (kind != Kind.OFF && opening.kind() == kind);
  }

  private static HybridConfig of(
      Opening opening,
      List<Kind> kinds,
      List<Integer> lengths,
      List<Double> strengths,
      double tryingShare) {
    return new HybridConfig(
        10,
        10,
        10,
        opening,
        kinds,
        lengths,
        strengths,
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
