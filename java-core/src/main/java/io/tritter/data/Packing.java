package io.tritter.data;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tritter.tensor.Check;
import java.io.IOException;
import java.util.Arrays;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Batches of one long text, which is example after example: each id but the first is a target once.
 * What the last batch lacks is id 0 with target {@link Batch#IGNORE}.
 *
 * <p>The place is that before the example that a batch ended in, and how many of its ids were
 * inputs.
 */
final class Packing implements DataStream<Batch> {
  private static final String KIND = "packing";

  private final DataStream<Example> source;
  private final int size;
  private final int context;
  private final MeanLength mean = new MeanLength();

  /** What ids come from; null until it is read. */
  private @Nullable Example current;

  private int used;
  private ObjectNode before;

  /** The place behind the batch that was given last; an error on the way to the next keeps it. */
  private ObjectNode given;

  private int givenUsed;

  Packing(DataStream<Example> source, int size, int context) {
    Batch.check(size, context);
    this.source = source;
    this.size = size;
    this.context = context;
    before = source.state();
    given = before;
  }

  /** The next batch with a target that counts. */
  @Override
  public @Nullable Batch next() throws IOException {
    Batch batch = fill();
    while (batch != null && batch.predictions() == 0) {
      batch = fill();
    }
    given = before;
    givenUsed = used;
    return batch;
  }

  private @Nullable Batch fill() throws IOException {
    int[] ids = new int[size * context];
    int[] targets = new int[ids.length];
    int filled = 0;
    while (filled < ids.length) {
      Example example = current == null ? read() : current;
      current = example;
      if (example == null) {
        before = source.state();
        break;
      }
      int inside = Math.min(example.length() - 1 - used, ids.length - filled);
      System.arraycopy(example.ids, used, ids, filled, inside);
      System.arraycopy(example.labels, used + 1, targets, filled, inside);
      filled += inside;
      used += inside;
      if (filled == ids.length) {
        break;
      }
      // The last id: what follows it is the first one of the next example.
      ObjectNode place = source.state();
      Example following = read();
      if (following == null) {
        current = null;
        before = source.state();
        used = 0;
        break;
      }
      ids[filled] = example.ids[used];
      targets[filled++] = following.labels[0];
      current = following;
      before = place;
      used = 0;
    }
    Arrays.fill(targets, filled, ids.length, Batch.IGNORE);
    return filled == 0 ? null : new Batch(ids, targets, size);
  }

  private @Nullable Example read() throws IOException {
    Example example = source.next();
    while (example != null && example.length() == 0) {
      example = source.next();
    }
    if (example != null) {
      mean.add(example.length());
    }
    return example;
  }

  @Override
  public void reset(long epoch) throws IOException {
    source.reset(epoch);
    begin(0);
  }

  private void begin(int used) {
    before = source.state();
    given = before;
    current = null;
    this.used = used;
    givenUsed = used;
  }

  /** By the mean length of the examples so far; empty before the first. */
  @Override
  public OptionalLong lengthHint() throws IOException {
    OptionalLong examples = source.lengthHint();
    return examples.isEmpty() || mean.isEmpty()
        ? OptionalLong.empty()
        : OptionalLong.of(
            (long) Math.ceil(examples.getAsLong() * mean.value() / ((double) size * context)));
  }

  @Override
  public ObjectNode state() {
    ObjectNode state = StreamState.of(KIND).put("used", givenUsed);
    state.set("source", given);
    return state;
  }

  @Override
  public void restore(JsonNode state) throws IOException {
    StreamState.check(state, KIND);
    int toUsed = (int) Math.min(StreamState.number(state, "used"), Integer.MAX_VALUE);
    source.restore(StreamState.part(state, "source"));
    begin(toUsed);
    if (toUsed > 0) {
      current = read();
      if (current == null || current.length() <= toUsed) {
        throw Check.expected("state.used", "less than the ids of its example", toUsed);
      }
    }
  }

  @Override
  public void close() throws IOException {
    source.close();
  }
}
