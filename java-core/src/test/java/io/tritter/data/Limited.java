package io.tritter.data;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** The first elements of a stream that has no end. */
class Limited<T> implements DataStream<T> {
  private final DataStream<T> endless;
  private final int count;
  private long given;

  Limited(DataStream<T> endless, int count) {
    this.endless = endless;
    this.count = count;
  }

  @Override
  public @Nullable T next() throws IOException {
    if (given == count) {
      return null;
    }
    given++;
    return endless.next();
  }

  @Override
  public void reset(long epoch) throws IOException {
    given = 0;
    endless.reset(epoch);
  }

  @Override
  public OptionalLong lengthHint() {
    return OptionalLong.of(count);
  }

  @Override
  public ObjectNode state() {
    ObjectNode state = StreamState.of("limited").put("given", given);
    state.set("source", endless.state());
    return state;
  }

  @Override
  public void restore(JsonNode state) throws IOException {
    given = StreamState.number(state, "given");
    endless.restore(StreamState.part(state, "source"));
  }

  @Override
  public void close() throws IOException {
    endless.close();
  }
}
