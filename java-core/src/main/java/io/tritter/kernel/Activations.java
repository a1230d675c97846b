package io.tritter.kernel;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * One row of x for the vector kernel: each activation twice in an int32, so that its broadcast
 * comes straight from memory, group by group in whole steps of 8 columns. A step that two groups
 * share is there twice, each time with zeros for the columns of the other. Reused from call to
 * call: arrays may be longer than said.
 */
final class Activations {
  private static final int FIELDS = TernaryMatmul.Simd.FIELDS;

  /** [first[groups] * 8] activations, each as two equal int16. */
  int[] pairs = new int[0];

  /** First step of a group in {@link #pairs}; one more entry for the end. */
  int[] first = new int[1];

  /** First step of a group in the layout. */
  int[] steps = new int[0];

  /** Sum of the activations of a group: what the +1 of the fields has added. */
  int[] sums = new int[0];

  private byte[] row = new byte[0];

  void load(MemorySegment x, int b, int cols, int groupSize) {
    if (row.length < cols) {
      row = new byte[cols];
    }
    MemorySegment.copy(x, Native.BYTE, (long) b * cols, row, 0, cols);
    int groups = (int) (((long) cols + groupSize - 1) / groupSize);
    if (steps.length < groups) {
      first = new int[groups + 1];
      steps = new int[groups];
      sums = new int[groups];
    }
    for (int g = 0; g < groups; g++) {
      int from = g * groupSize;
      int to = (int) Math.min(cols, (long) from + groupSize);
      steps[g] = from / FIELDS;
      first[g + 1] = first[g] + TernaryMatmul.Simd.steps(to) - steps[g];
    }
    int size = first[groups] * FIELDS;
    if (pairs.length < size) {
      pairs = new int[size];
    }
    Arrays.fill(pairs, 0, size, 0);
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
