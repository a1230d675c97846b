package io.tritter.data;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.Arrays;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * A sequence for each example: cut behind {@code context + 1} ids, filled up with id 0 and target
 * {@link Batch#IGNORE}. An example without a target that counts before the cut is left out.
 */
final class Padding implements DataStream<Batch> {
  private static final String KIND = "padding";

  private final DataStream<Example> source;
  private final int context;

  /**
   * The place behind the sequence that was given last; an error on the way to the next keeps it.
   */
  private ObjectNode given;

  Padding(DataStream<Example> source, int context) {
    Batch.check(1, context);
    this.source = source;
    this.context = context;
    given = source.state();
  }

  @Override
  public @Nullable Batch next() throws IOException {
    for (Example example = source.next(); example != null; example = source.next()) {
      int count = Math.min(example.length() - 1, context);
      if (counts(example, count)) {
        int[] targets = new int[context];
        Arrays.fill(targets, Batch.IGNORE);
        System.arraycopy(example.labels, 1, targets, 0, count);
        given = source.state();
        return new Batch(Arrays.copyOf(Arrays.copyOf(example.ids, count), context), targets, 1);
      }
    }
    given = source.state();
    return null;
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
    return source.lengthHint();
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
