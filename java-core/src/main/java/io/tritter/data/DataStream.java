package io.tritter.data;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Elements one after another, whose place can be kept: after {@code restore(state())}, in this
 * process or another, exactly the elements follow that would have followed here.
 *
 * <p>Streams are put into each other: files, examples, a mixture, a shuffle, batches. A state holds
 * the states of what lies below, and what was given out counts, not what was read ahead. One thread
 * uses a stream; the outer one closes those inside.
 *
 * @param <T> rows, examples, batches
 */
public interface DataStream<T> extends AutoCloseable {
  /**
   * The next element, or null behind the last of the epoch.
   *
   * @throws io.tritter.format.FormatException if a file is not what it should be
   */
  @Nullable T next() throws IOException;

  /**
   * Goes to the beginning of an epoch. What is drawn by chance is drawn otherwise in each epoch,
   * and the same in the same one.
   */
  void reset(long epoch) throws IOException;

  /** About how many elements an epoch has; empty where that cannot be known beforehand. */
  OptionalLong lengthHint() throws IOException;

  /** The place, as JSON of some hundred bytes. */
  ObjectNode state();

  /**
   * Goes to a place. Where this fails, the stream has none until it is restored or reset.
   *
   * @param state of a stream with the same parts over the same files
   * @throws IllegalArgumentException for the state of another stream
   * @throws IOException if a file has changed or gone since
   */
  void restore(JsonNode state) throws IOException;

  @Override
  void close() throws IOException;
}
