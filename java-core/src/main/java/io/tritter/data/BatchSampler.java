package io.tritter.data;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tritter.tensor.Check;
import java.util.OptionalLong;

/**
 * Batches of windows that begin anywhere in a text, drawn with replacement; there is always a next
 * one. The number of {@link Draws} is the whole state.
 */
public final class BatchSampler implements DataStream<Batch> {
  private static final String KIND = "windows";

  private final byte[] text;
  private final int size;
  private final int context;
  private final long seed;
  private long epoch;
  private Draws draws;
  private long position;

  /**
   * A sampler at position 0.
   *
   * @param text not copied
   * @param size windows a batch
   * @param context ids a window; each needs one byte more, for the last target
   * @throws IllegalArgumentException if the text is shorter than a window
   */
  public BatchSampler(byte[] text, int size, int context, long seed) {
    Batch.check(size, context);
    if (text.length <= context) {
      throw Check.expected(
          "text", "at least context + 1 = " + (context + 1L) + " bytes", text.length);
    }
    this.text = text;
    this.size = size;
    this.context = context;
    this.seed = seed;
    draws = new Draws(seed, 0);
  }

  @Override
  public Batch next() {
    int[] starts = new int[size];
    for (int i = 0; i < size; i++) {
      starts[i] = (int) draws.below((long) text.length - context, position++);
    }
    return Batch.windows(text, starts, context);
  }

  @Override
  public void reset(long epoch) {
    this.epoch = epoch;
    draws = new Draws(seed, epoch);
    position = 0;
  }

  /** Empty: there is always a next batch. */
  @Override
  public OptionalLong lengthHint() {
    return OptionalLong.empty();
  }

  @Override
  public ObjectNode state() {
    return StreamState.of(KIND).put("epoch", epoch).put("position", position);
  }

  @Override
  public void restore(JsonNode state) {
    StreamState.check(state, KIND);
    long at = StreamState.number(state, "position");
    reset(StreamState.number(state, "epoch"));
    position = at;
  }

  /** Number of windows drawn so far. */
  public long position() {
    return position;
  }

  /** Continues as if this many windows had been drawn. */
  public void seek(long position) {
    if (position < 0) {
      throw Check.expected("position", "at least 0", position);
    }
    this.position = position;
  }

  @Override
  public void close() {
    // Nothing is open.
  }
}
