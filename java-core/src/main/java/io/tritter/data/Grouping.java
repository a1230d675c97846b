package io.tritter.data;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.Arrays;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Batches of single sequences, as they come. What the last batch lacks is id 0 with target {@link
 * Batch#IGNORE}.
 */
final class Grouping implements DataStream<Batch> {
  private static final String KIND = "grouping";

  private final DataStream<Batch> sequences;
  private final int size;
  private final int context;

  /** The place behind the batch that was given last; an error on the way to the next keeps it. */
  private ObjectNode given;

  Grouping(DataStream<Batch> sequences, int size, int context) {
    Batch.check(size, context);
    this.sequences = sequences;
    this.size = size;
    this.context = context;
    given = sequences.state();
  }

  @Override
  public @Nullable Batch next() throws IOException {
    int[] ids = new int[size * context];
    int[] targets = new int[ids.length];
    Arrays.fill(targets, Batch.IGNORE);
    int filled = 0;
    while (filled < size) {
      Batch sequence = sequences.next();
      if (sequence == null) {
        break;
      }
      System.arraycopy(sequence.ids(), 0, ids, filled * context, context);
      System.arraycopy(sequence.targets(), 0, targets, filled * context, context);
      filled++;
    }
    given = sequences.state();
    return filled == 0 ? null : new Batch(ids, targets, size);
  }

  @Override
  public void reset(long epoch) throws IOException {
    sequences.reset(epoch);
    given = sequences.state();
  }

  @Override
  public OptionalLong lengthHint() throws IOException {
    OptionalLong all = sequences.lengthHint();
    return all.isEmpty() ? all : OptionalLong.of(Math.ceilDiv(all.getAsLong(), size));
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
    sequences.restore(StreamState.part(state, "source"));
    given = sequences.state();
  }

  @Override
  public void close() throws IOException {
    sequences.close();
  }
}
