package io.tritter.hybrid;

/** How far training has left its path, and what {@link HybridTrainer} does about it. */
public enum Divergence {
  /** Nothing. */
  NORMAL,
  /** The rest of the PREDICT steps is halved. */
  CAUTION,
  /** The PREDICT steps end now; full steps begin to count anew before the next ones. */
  WARNING,
  /** Back to where the PREDICT steps began; without such, as {@link #WARNING}. */
  CRITICAL;

  boolean atLeast(Divergence other) {
    return compareTo(other) >= 0;
  }
}
