package io.tritter.data;

import io.tritter.tensor.Check;

/**
 * Sequences and what follows each of their ids: {@code targets[b, t]} is the id after {@code ids[b,
 * t]}.
 *
 * <p>The arrays are the batch's own, not copies; [size, context], sequence after sequence.
 */
public final class Batch {
  /** A target that does not count, where a text has ended. */
  public static final int IGNORE = -100;

  private final int[] ids;
  private final int[] targets;
  private final int size;

  /** Of arrays that are not copied. */
  Batch(int[] ids, int[] targets, int size) {
    this.ids = ids;
    this.targets = targets;
    this.size = size;
  }

  /**
   * The windows of {@code context + 1} bytes that begin at {@code starts}; what lies behind the end
   * of the text, or belongs to a start of -1, is id 0 with target {@link #IGNORE}.
   */
  static Batch windows(byte[] text, int[] starts, int context) {
    int[] ids = new int[starts.length * context];
    int[] targets = new int[ids.length];
    for (int i = 0; i < ids.length; i++) {
      int start = starts[i / context];
      int at = start + i % context;
      boolean inside = start >= 0 && at + 1 < text.length;
      ids[i] = inside ? text[at] & 0xFF : 0;
      targets[i] = inside ? text[at + 1] & 0xFF : IGNORE;
    }
    return new Batch(ids, targets, starts.length);
  }

  static void check(int size, int context) {
    Check.atLeast("batch size", size, 1);
    Check.atLeast("context", context, 1);
    if ((long) size * context > Integer.MAX_VALUE) {
      throw Check.expected("batch size", "at most 2^31 ids a batch", size + " * " + context);
    }
  }

  public int[] ids() {
    return ids;
  }

  public int[] targets() {
    return targets;
  }

  /** Number of sequences. */
  public int size() {
    return size;
  }

  /**
   * The beginning of the first sequences.
   *
   * @param sequences at most {@link #size}
   * @param context ids of each, at most as many as it has
   */
  public Batch part(int sequences, int context) {
    int length = ids.length / size;
    Check.inRange("sequences", sequences, 1, size);
    Check.inRange("context", context, 1, length);
    int[] partIds = new int[sequences * context];
    int[] partTargets = new int[partIds.length];
    for (int i = 0; i < sequences; i++) {
      System.arraycopy(ids, i * length, partIds, i * context, context);
      System.arraycopy(targets, i * length, partTargets, i * context, context);
    }
    return new Batch(partIds, partTargets, sequences);
  }

  /** Number of targets that count; all of them but at the end of a text. */
  public int predictions() {
    int count = 0;
    for (int target : targets) {
      count += target == IGNORE ? 0 : 1;
    }
    return count;
  }
}
