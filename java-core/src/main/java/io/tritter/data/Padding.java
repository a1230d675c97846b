package io.tritter.data;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.Arrays;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Batches with one example a sequence: cut behind {@code context + 1} ids, filled up with id 0 and
 * target {@link Batch#IGNORE}. An example without a target that counts before the cut is left out.
 */
final class Padding implements DataStream<Batch> {
  private static final String KIND = "padding";

  private final DataStream<Example> source;
  private final int size;
  private final int context;

  /** The place behind the batch that was given last; an error on the way to the next keeps it. */
  private ObjectNode given;

  Padding(DataStream<Example> source, int size, int context) {
    Batch.check(size, context);
    this.source = source;
    this.size = size;
    this.context = context;
    given = source.state();
  }

  @Override
  public @Nullable Batch next() throws IOException {
    int[] ids = new int[size * context];
    int[] targets = new int[ids.length];
    Arrays.fill(targets, Batch.IGNORE);
    int filled = 0;
    while (filled < size) {
      Example example = source.next();
      if (example == null) {
        break;
      }
      int count = Math.min(example.length() - 1, context);
      if (counts(example, count)) {
        System.arraycopy(example.ids, 0, ids, filled * context, count);
        System.arraycopy(example.labels, 1, targets, filled * context, count);
        filled++;
      }
    }
    given = source.state();
    return filled == 0 ? null : new Batch(ids, targets, size);
  }

  private static boolean counts(Example example, int count) {
    for (int i = 1; i <= count; i++) {
      if (example.labels[i] != Batch.IGNORE) {
        return true;
      }
    }
    return false;
  }

  @Override
  public void reset(long epoch) throws IOException {
    source.reset(epoch);
    given = source.state();
  }

  @Override
  public OptionalLong lengthHint() throws IOException {
    OptionalLong examples = source.lengthHint();
    return examples.isEmpty()
        ? examples
        : OptionalLong.of(Math.ceilDiv(examples.getAsLong(), size));
  }

  @Override
  public ObjectNode state() {
    ObjectNode state = StreamState.of(KIND);
    state.set("source", given);
    return state;
  }

  @Override
  public void restore(JsonNode state) throws IOException {
    StreamState.check(state, KIND);
    source.restore(StreamState.part(state, "source"));
    given = source.state();
  }

  @Override
  public void close() throws IOException {
    source.close();
  }
}
