package io.tritter.ternary;

import io.tritter.tensor.Check;
import java.util.Arrays;

/** An immutable vector of trits as the ascending indices of +1 and those of -1. */
public final class SparseTrits implements Trits {
  private final int size;
  private final int[] plus;
  private final int[] minus;

  private SparseTrits(int size, int[] plus, int[] minus) {
    this.size = size;
    this.plus = plus;
    this.minus = minus;
  }

  /**
   * Copies two lists of indices.
   *
   * @throws IllegalArgumentException for indices that do not ascend or are outside 0 to size - 1,
   *     and for one in both lists
   */
  public static SparseTrits ofIndices(int size, int[] plus, int[] minus) {
    Check.atLeast("size", size, 1);
    SparseTrits trits = new SparseTrits(size, plus.clone(), minus.clone());
    check("plus", trits.plus, size);
    check("minus", trits.minus, size);
    int both = firstCommon(trits.plus, trits.minus);
    if (both >= 0) {
      throw Check.expected("minus", "no index of plus", trits.plus[both]);
    }
    return trits;
  }

  /** The indices of packed trits. */
  public static SparseTrits of(PackedTrits trits) {
    return new SparseTrits(trits.size(), indices(trits.plus()), indices(trits.minus()));
  }

  private static void check(String name, int[] indices, int size) {
    int previous = -1;
    for (int index : indices) {
      if (index <= previous || index >= size) {
        throw Check.expected(
            name, "indices that ascend from " + (previous + 1) + " to " + (size - 1), index);
      }
      previous = index;
    }
  }

  private static int[] indices(long[] plane) {
    int count = 0;
    for (long word : plane) {
      count += Long.bitCount(word);
    }
    int[] indices = new int[count];
    int to = 0;
    for (int w = 0; w < plane.length; w++) {
      for (long word = plane[w]; word != 0; word &= word - 1) {
        indices[to++] = w * Long.SIZE + Long.numberOfTrailingZeros(word);
      }
    }
    return indices;
  }

  @Override
  public int size() {
    return size;
  }

  /** A copy of the indices of +1, ascending. */
  public int[] plus() {
    return plus.clone();
  }

  /** A copy of the indices of -1, ascending. */
  public int[] minus() {
    return minus.clone();
  }

  @Override
  public int get(int i) {
    if (i < 0 || i >= size) {
      throw Check.expected("index", "0 to " + (size - 1), i);
    }
    if (Arrays.binarySearch(plus, i) >= 0) {
      return 1;
    }
    return Arrays.binarySearch(minus, i) >= 0 ? -1 : 0;
  }

  @Override
  public int nonZeros() {
    return plus.length + minus.length;
  }

  /** A merge of the indices with a sparse vector, a look-up of each with a packed one. */
  @Override
  public long dot(Trits other) {
    if (other.size() != size) {
      throw Check.expected("other", size + " trits", other.size());
    }
    return switch (other) {
      case SparseTrits s ->
          (long) common(plus, s.plus)
              + common(minus, s.minus)
              - common(plus, s.minus)
              - common(minus, s.plus);
      case PackedTrits p -> p.sum(plus) - p.sum(minus);
    };
  }

  /** How many indices two ascending lists share. */
  private static int common(int[] a, int[] b) {
    int count = 0;
    int i = 0;
    int j = 0;
    while (i < a.length && j < b.length) {
      int x = a[i];
      int y = b[j];
      count += x == y ? 1 : 0;
      i += x <= y ? 1 : 0;
      j += y <= x ? 1 : 0;
    }
    return count;
  }

  /** The place in {@code a} of the first index that both lists have, or -1. */
  private static int firstCommon(int[] a, int[] b) {
    for (int i = 0; i < a.length; i++) {
      if (Arrays.binarySearch(b, a[i]) >= 0) {
        return i;
      }
    }
    return -1;
  }

  @Override
  public PackedTrits packed() {
    return PackedTrits.ofPlanes(size, plane(plus), plane(minus));
  }

  private long[] plane(int[] indices) {
    long[] plane = new long[PackedTrits.words(size)];
    for (int index : indices) {
      plane[index / Long.SIZE] |= 1L << index;
    }
    return plane;
  }

  @Override
  public SparseTrits sparse() {
    return this;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof SparseTrits s
        && s.size == size
        && Arrays.equals(s.plus, plus)
        && Arrays.equals(s.minus, minus);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(plus) + Arrays.hashCode(minus);
  }

  @Override
  public String toString() {
    return "SparseTrits[" + size + ", " + nonZeros() + " not zero]";
  }
}
