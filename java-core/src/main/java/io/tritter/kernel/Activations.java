package io.tritter.kernel;

import java.lang.foreign.MemorySegment;

/**
 * One row of x for the vector kernel: each activation twice in an int32, so that its broadcast
 * comes straight from memory, group by group in whole steps of 8 columns. A step that two groups
 * share is there twice, each time with zeros for the columns of the other.
 */
final class Activations {
  private static final int FIELDS = TernaryMatmul.Simd.FIELDS;

  /** [first[groups] * 8] activations, each as two equal int16. */
  final int[] pairs;

  /** First step of a group in {@link #pairs}; one more entry for the end. */
  final int[] first;

  /** First step of a group in the layout. */
  final int[] steps;

  /** Sum of the activations of a group: what the +1 of the fields has added. */
  final int[] sums;

  Activations(MemorySegment x, int b, int cols, int groupSize) {
    byte[] row = new byte[cols];
    MemorySegment.copy(x, Native.BYTE, (long) b * cols, row, 0, cols);
    int groups = (int) (((long) cols + groupSize - 1) / groupSize);
    first = new int[groups + 1];
    steps = new int[groups];
    sums = new int[groups];
    for (int g = 0; g < groups; g++) {
      int from = g * groupSize;
      int to = (int) Math.min(cols, (long) from + groupSize);
      steps[g] = from / FIELDS;
      first[g + 1] = first[g] + TernaryMatmul.Simd.steps(to) - steps[g];
    }
    pairs = new int[first[groups] * FIELDS];
    for (int g = 0; g < groups; g++) {
      int from = g * groupSize;
      int to = (int) Math.min(cols, (long) from + groupSize);
      int shift = (first[g] - steps[g]) * FIELDS;
      int sum = 0;
      for (int c = from; c < to; c++) {
        pairs[c + shift] = (row[c] & 0xffff) | (row[c] << 16);
        sum += row[c];
      }
      sums[g] = sum;
    }
  }
}
