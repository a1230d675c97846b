package io.tritter.hybrid;

import io.tritter.tensor.Check;

/**
 * How much of a full step a forward and backward pass does.
 *
 * @param batch share of the sequences of the batch, above 0, at most 1; at least one sequence runs
 * @param context share of the length of each sequence, from its beginning
 * @param depth share of the layers, from the input; the others pass on what they get, and have a
 *     gradient of zero
 * @param embeddings whether embeddings get a gradient; what is in their gradients else is zero
 */
public record Effort(double batch, double context, double depth, boolean embeddings) {
  /** A full step. */
  public static final Effort FULL = new Effort(1, 1, 1, true);

  public Effort {
    share("batch", batch);
    share("context", context);
    share("depth", depth);
  }

  /** Refuses what is not above 0 and at most 1. */
  static double share(String name, double share) {
    if (!(share > 0 && share <= 1)) {
      throw Check.expected(name, "a share above 0, at most 1", share);
    }
    return share;
  }

  /** A share of a number of things, rounded, at least one. */
  public static int of(double share, int all) {
    return Math.max(1, (int) Math.round(share * all));
  }
}
