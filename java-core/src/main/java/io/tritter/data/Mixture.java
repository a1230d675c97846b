package io.tritter.data;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tritter.tensor.Check;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * The next element is that of source {@code i} with a probability in proportion to its weight. A
 * source that has ended is drawn no more; the mixture ends with the last of them.
 */
public final class Mixture<T> implements DataStream<T> {
  private static final String KIND = "mixture";

  private final List<DataStream<T>> sources;
  private final double[] weights;
  private final long seed;
  private final boolean[] ended;
  private long epoch;
  private long drawn;
  private Draws draws;

  /**
   * A mixture.
   *
   * @param weights a positive number each
   */
  public Mixture(List<DataStream<T>> sources, double[] weights, long seed) {
    Check.atLeast("sources", sources.size(), 1);
    if (weights.length != sources.size()) {
      throw Check.expected("weights", sources.size() + " of them", weights.length);
    }
    for (double weight : weights) {
      Check.positive("weight", weight);
    }
    this.sources = List.copyOf(sources);
    this.weights = weights.clone();
    this.seed = seed;
    ended = new boolean[weights.length];
    draws = new Draws(seed, 0);
  }

  @Override
  public @Nullable T next() throws IOException {
    for (int i = draw(); i >= 0; i = draw()) {
      T next = sources.get(i).next();
      drawn++;
      if (next != null) {
        return next;
      }
      ended[i] = true;
    }
    return null;
  }

  /** A source that has not ended, or -1. */
  private int draw() {
    double total = 0;
    for (int i = 0; i < weights.length; i++) {
      total += ended[i] ? 0 : weights[i];
    }
    double left = draws.fraction(drawn) * total;
    int last = -1;
    for (int i = 0; i < weights.length; i++) {
      if (!ended[i]) {
        last = i;
        left -= weights[i];
        if (left < 0) {
          break;
        }
      }
    }
    return last;
  }

  @Override
  public void reset(long epoch) throws IOException {
    for (DataStream<T> source : sources) {
      source.reset(epoch);
    }
    begin(epoch, 0);
    Arrays.fill(ended, false);
  }

  private void begin(long epoch, long drawn) {
    this.epoch = epoch;
    this.drawn = drawn;
    draws = new Draws(seed, epoch);
  }

  @Override
  public OptionalLong lengthHint() throws IOException {
    long sum = 0;
    for (DataStream<T> source : sources) {
      OptionalLong hint = source.lengthHint();
      if (hint.isEmpty()) {
        return hint;
      }
      sum += hint.getAsLong();
    }
    return OptionalLong.of(sum);
  }

  @Override
  public ObjectNode state() {
    ObjectNode state = StreamState.of(KIND).put("epoch", epoch).put("drawn", drawn);
    ArrayNode ends = state.putArray("ended");
    ArrayNode states = state.putArray("sources");
    for (int i = 0; i < weights.length; i++) {
      ends.add(ended[i]);
      states.add(sources.get(i).state());
    }
    return state;
  }

  @Override
  public void restore(JsonNode state) throws IOException {
    StreamState.check(state, KIND);
    JsonNode states = StreamState.part(state, "sources");
    JsonNode ends = StreamState.part(state, "ended");
    if (states.size() != weights.length || ends.size() != weights.length) {
      throw Check.expected("state.sources", weights.length + " of them", states.size());
    }
    long toEpoch = StreamState.number(state, "epoch");
    long toDrawn = StreamState.number(state, "drawn");
    for (int i = 0; i < weights.length; i++) {
      sources.get(i).restore(states.get(i));
      ended[i] = ends.get(i).asBoolean();
    }
    begin(toEpoch, toDrawn);
  }

  @Override
  public void close() throws IOException {
    for (DataStream<T> source : sources) {
      source.close();
    }
  }
}
