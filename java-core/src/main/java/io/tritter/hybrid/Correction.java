package io.tritter.hybrid;

import io.tritter.tensor.Check;

/**
 * What CORRECT steps do about a jump that was not the way that full steps would have gone.
 *
 * @param form in which the difference is kept
 * @param strength 0 for no correction, to 1 for all of half the difference that a straight way
 *     misses
 * @param rank of {@link Form#LOW_RANK}
 */
public record Correction(Form form, double strength, int rank) {
  public static final Correction NONE = new Correction(Form.SPARSE_TERNARY, 0, 1);

  /** What is kept of a difference. */
  public enum Form {
    /** Signs of the large elements, and one scale a tensor. */
    SPARSE_TERNARY,
    /** A product of two thin matrices; of a vector everything. */
    LOW_RANK
  }

  public Correction {
    Check.inRange("correction", strength, 0, 1);
    Check.inRange("rank", rank, 1, 64);
  }
}
