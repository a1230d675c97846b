package io.tritter.data;

import io.tritter.tensor.Check;
import java.util.Arrays;

/**
 * A text from its beginning to its end in batches of one size, each byte but the first predicted
 * exactly once: what a held-out loss is measured on. The last batch is filled up with {@link
 * Batch#IGNORE}.
 */
public final class BatchSequence {
  private final byte[] text;
  private final int size;
  private final int context;
  private final int windows;

  /**
   * The windows of a text.
   *
   * @param text not copied
   * @param size windows a batch
   * @throws IllegalArgumentException if the text has fewer than two bytes
   */
  public BatchSequence(byte[] text, int size, int context) {
    Batch.check(size, context);
    if (text.length < 2) {
      throw Check.expected("text", "at least 2 bytes", text.length);
    }
    this.text = text;
    this.size = size;
    this.context = context;
    this.windows = Math.ceilDiv(text.length - 1, context);
  }

  /** Number of batches. */
  public int batches() {
    return Math.ceilDiv(windows, size);
  }

  /** The batch of a number from 0 on. */
  public Batch get(int index) {
    if (index < 0 || index >= batches()) {
      throw Check.expected("index", "0 to " + (batches() - 1), index);
    }
    int[] starts = new int[size];
    Arrays.setAll(
        starts,
        i -> {
          long window = (long) index * size + i;
          return window < windows ? (int) (window * context) : -1;
        });
    return Batch.windows(text, starts, context);
  }
}
