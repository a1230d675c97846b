package io.tritter.data;

/**
 * A document as ids, and which of them are learned: {@code labels[i]} is {@code ids[i]} or {@link
 * Batch#IGNORE}.
 */
final class Example {
  final int[] ids;
  final int[] labels;

  /** Of arrays of one length, not copied; they may be the same one. */
  Example(int[] ids, int[] labels) {
    this.ids = ids;
    this.labels = labels;
  }

  int length() {
    return ids.length;
  }
}
