package io.tritter.data;

/** The mean number of ids of the examples that were read. */
final class MeanLength {
  private long examples;
  private long ids;

  void add(int length) {
    examples++;
    ids += length;
  }

  boolean isEmpty() {
    return examples == 0;
  }

  double value() {
    return (double) ids / examples;
  }
}
