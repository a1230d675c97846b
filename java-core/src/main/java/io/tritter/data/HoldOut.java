package io.tritter.data;

import io.tritter.tensor.Check;

/**
 * Which rows are held out from training, by their numbers in all files of a source alone: one in
 * {@code every}. A row of a text is a part of some KiB.
 *
 * @param every 0 for none, or at least 2
 * @param held whether the rows that are held out are taken, or the others
 */
public record HoldOut(int every, boolean held) {
  /** All rows are trained on. */
  public static final HoldOut NONE = new HoldOut(0, false);

  public HoldOut {
    if (every != 0) {
      Check.atLeast("hold_out_every", every, 2);
    } else if (held) {
      throw Check.expected("hold_out_every", "at least 2 where held-out rows are asked for", 0);
    }
  }

  /** Whether the row with a number from 0 on is taken. */
  boolean takes(long row) {
    return every == 0 || (row % every == every / 2) == held;
  }

  /** About how many of so many rows are taken. */
  long part(long rows) {
    long out = every == 0 ? 0 : (rows + every - 1 - every / 2) / every;
    return held ? out : rows - out;
  }
}
