package io.tritter.hybrid;

import io.tritter.tensor.Check;
import java.util.List;

/**
 * PREDICT steps of one kind right after WARMUP, without an attempt: what is known to pay early in a
 * run.
 *
 * @param kind one that runs passes, or {@link Kind#OFF}
 * @param steps all its stages together; 0 with OFF alone
 * @param strengths of its stages, which are as long as each other
 * @param stack whether layers that come in with a deeper stage, and at the end, begin as copies of
 *     those that have learned ({@link Stacking}); for a model that is trained from scratch, as what
 *     those layers knew is lost; only with {@link Kind#SHALLOW}
 */
public record Opening(Kind kind, int steps, List<Double> strengths, boolean stack) {
  public static final Opening NONE = new Opening(Kind.OFF, 0, List.of());

  /** An opening after which each layer goes on from where it was. */
  public Opening(Kind kind, int steps, List<Double> strengths) {
    this(kind, steps, strengths, false);
  }

  public Opening {
    strengths = List.copyOf(strengths);
    if (kind.jumps()) {
      throw Check.expected("opening", "a kind that runs passes, or off", kind);
    }
    Check.atLeast("opening_steps", steps, kind == Kind.OFF ? 0 : 1);
    if (kind == Kind.OFF && steps > 0) {
      throw Check.expected("opening_steps", "0 where opening is off", steps);
    }
    if (kind != Kind.OFF && strengths.isEmpty()) {
      throw Check.expected("opening_strengths", "a strength for each stage", strengths);
    }
    if (stack && kind != Kind.SHALLOW) {
      throw Check.expected("opening.stack", "an opening of kind shallow", kind);
    }
    strengths.forEach(strength -> Effort.share("opening_strengths", strength));
  }

  /** Strength of a step, from 0. */
  double strength(int step) {
    return strengths.get((int) ((long) step * strengths.size() / steps));
  }
}
