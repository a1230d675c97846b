package io.tritter.data;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** Example {@code i} has the ids {@code 100 i, 100 i + 1, ...}, as many as {@link #length} says. */
final class Counting implements DataStream<Example> {
  private final int examples;
  private final int failingAt;
  private int next;
  boolean closed;

  Counting(int examples) {
    this(examples, -1);
  }

  /** Fails instead of giving example {@code failingAt}. */
  Counting(int examples, int failingAt) {
    this.examples = examples;
    this.failingAt = failingAt;
  }

  /** 1 to 7, in a pattern that no batch size divides. */
  static int length(int example) {
    return 1 + example * 5 % 7;
  }

  static Example example(int i) {
    int[] ids = new int[length(i)];
    int[] labels = new int[ids.length];
    for (int k = 0; k < ids.length; k++) {
      ids[k] = 100 * i + k;
      labels[k] = (i + k) % 3 == 0 ? Batch.IGNORE : ids[k];
    }
    return new Example(ids, labels);
  }

  @Override
  public @Nullable Example next() throws IOException {
    if (next == failingAt) {
      throw new IOException("example " + next);
    }
    return next < examples ? example(next++) : null;
  }

  @Override
  public void reset(long epoch) {
    next = 0;
  }

  @Override
  public OptionalLong lengthHint() {
    return OptionalLong.of(examples);
  }

  @Override
  public ObjectNode state() {
    return StreamState.of("counting").put("next", next);
  }

  @Override
  public void restore(JsonNode state) {
    StreamState.check(state, "counting");
    next = (int) StreamState.number(state, "next");
  }

  @Override
  public void close() {
    closed = true;
  }
}
