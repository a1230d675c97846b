package io.tritter.data;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tritter.tensor.Check;
import java.io.IOException;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** A stream several times over, each time as another epoch. */
public final class Repeat<T> implements DataStream<T> {
  private static final String KIND = "repeat";

  private final DataStream<T> source;
  private final long epochs;
  private long first;
  private long done;
  private boolean any;

  /**
   * A repeated stream.
   *
   * @param epochs 0 for without end
   */
  public Repeat(DataStream<T> source, long epochs) {
    if (epochs < 0) {
      throw Check.expected("epochs", "at least 0", epochs);
    }
    this.source = source;
    this.epochs = epochs;
  }

  /**
   * The next element.
   *
   * @throws IllegalArgumentException for a source that has none at all
   */
  @Override
  public @Nullable T next() throws IOException {
    while (epochs == 0 || done < epochs) {
      T next = source.next();
      if (next != null) {
        any = true;
        return next;
      }
      if (!any) {
        throw Check.expected("data", "at least one example", "none");
      }
      any = false;
      done++;
      source.reset(first + done);
    }
    return null;
  }

  @Override
  public void reset(long epoch) throws IOException {
    source.reset(epoch);
    first = epoch;
    done = 0;
    any = false;
  }

  @Override
  public OptionalLong lengthHint() throws IOException {
    OptionalLong once = epochs == 0 ? OptionalLong.empty() : source.lengthHint();
    return once.isEmpty() ? once : OptionalLong.of(once.getAsLong() * epochs);
  }

  @Override
  public ObjectNode state() {
    ObjectNode state = StreamState.of(KIND).put("first", first).put("done", done).put("any", any);
    state.set("source", source.state());
    return state;
  }

  @Override
  public void restore(JsonNode state) throws IOException {
    StreamState.check(state, KIND);
    long toFirst = StreamState.number(state, "first");
    long toDone = StreamState.number(state, "done");
    source.restore(StreamState.part(state, "source"));
    first = toFirst;
    done = toDone;
    any = state.path("any").asBoolean();
  }

  @Override
  public void close() throws IOException {
    source.close();
  }
}
