package io.tritter.ternary;

/**
 * An immutable vector of trits in one of two forms: {@link PackedTrits}, 2 bits a trit, or {@link
 * SparseTrits}, 32 bits a trit that is not zero. Every operation takes both, and gives the same
 * numbers for both; two vectors are equal only in the same form.
 */
public sealed interface Trits permits PackedTrits, SparseTrits {
  /** Above this share of zeros {@link #of} chooses the sparse form. */
  double SPARSE_ABOVE = 0.9;

  /** The form for these trits: sparse above 90 % zeros, else packed; its class says which. */
  static Trits of(PackedTrits trits) {
    return trits.sparsity() > SPARSE_ABOVE ? SparseTrits.of(trits) : trits;
  }

  /** Number of trits. */
  int size();

  /** The trit at an index. */
  int get(int i);

  /** Number of trits that are not zero. */
  int nonZeros();

  /** Sum of products with a vector of the same size. */
  long dot(Trits other);

  /** As bit planes. */
  PackedTrits packed();

  /** As indices. */
  SparseTrits sparse();

  /** Share of the trits that are zero, 0 to 1. */
  default double sparsity() {
    return 1 - nonZeros() / (double) size();
  }

  /** {@code dot / sqrt(nonZeros * other.nonZeros)}, -1 to 1; 0 if either is all zeros. */
  default double cosine(Trits other) {
    double squares = (double) nonZeros() * other.nonZeros();
    long dot = dot(other);
    return squares == 0 ? 0 : dot / Math.sqrt(squares);
  }
}
