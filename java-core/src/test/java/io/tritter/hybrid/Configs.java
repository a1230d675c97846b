package io.tritter.hybrid;

import java.util.List;

/** Settings of short runs. */
final class Configs {
  private Configs() {}

  /** Attempts of one kind, at once and of five steps, at half of the time if need be. */
  static HybridConfig trying(Kind kind) {
    return with(kind, 0.5, Correction.NONE);
  }

  static HybridConfig with(Kind kind, double tryingShare, Correction correction) {
    return new HybridConfig(
        6,
        8,
        3,
        Opening.NONE,
        List.of(kind),
        List.of(5),
        List.of(0.5),
        1e-9,
        tryingShare,
        3,
        DivergenceLimits.DEFAULT,
        correction,
        1,
        HybridConfig.Clock.DECLARED,
        false);
  }

  /** No attempts, but an opening. */
  static HybridConfig opening(Opening opening) {
    return new HybridConfig(
        6,
        8,
        3,
        opening,
        List.of(),
        List.of(),
        List.of(),
        0.5,
        0,
        3,
        DivergenceLimits.DEFAULT,
        Correction.NONE,
        1,
        HybridConfig.Clock.DECLARED,
        false);
  }
}
