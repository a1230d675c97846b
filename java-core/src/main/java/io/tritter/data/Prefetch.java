package io.tritter.data;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tritter.tensor.Check;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayDeque;
import java.util.OptionalLong;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * A stream that one thread reads ahead, so many elements at most. The place is that of what was
 * given out. What goes wrong in the thread is thrown once all before it was given out.
 */
public final class Prefetch<T> implements DataStream<T> {
  /** An element and the place behind it; the last one has none, or a fault. */
  private record Ahead<T>(
      @Nullable T element, ObjectNode state, OptionalLong hint, @Nullable Throwable fault) {
    boolean last() {
      return element == null;
    }
  }

  private final DataStream<T> source;
  private final int depth;
  private final Object lock = new Object();
  private final Queue<Ahead<T>> ahead = new ArrayDeque<>();
  private @Nullable Thread thread;
  private boolean stopping;
  private ObjectNode state;
  private OptionalLong hint = OptionalLong.empty();

  /**
   * Nothing is read until the first element is asked for.
   *
   * @param depth elements that may wait
   */
  public Prefetch(DataStream<T> source, int depth) {
    this.source = source;
    this.depth = Check.atLeast("prefetch", depth, 1);
    state = source.state();
  }

  @Override
  public @Nullable T next() throws IOException {
    if (thread == null) {
      start();
    }
    Ahead<T> next = take();
    if (next.fault() instanceof IOException e) {
      throw e;
    }
    if (next.fault() instanceof RuntimeException e) {
      throw e;
    }
    if (next.fault() instanceof Error e) {
      throw e;
    }
    state = next.state();
    hint = next.hint();
    return next.element();
  }

  private void start() {
    stopping = false;
    thread = Thread.ofPlatform().daemon().name("tritter-data").start(this::readAhead);
  }

  private Ahead<T> take() throws IOException {
    synchronized (lock) {
      try {
        while (ahead.isEmpty()) {
          lock.wait();
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new InterruptedIOException("interrupted while waiting for data");
      }
      Ahead<T> next = ahead.element();
      if (!next.last()) {
        ahead.remove(); // the last one stays: whoever asks again gets it again
        lock.notifyAll();
      }
      return next;
    }
  }

  private void readAhead() {
    boolean going = true;
    while (going) {
      Ahead<T> next = read();
      synchronized (lock) {
        try {
          while (ahead.size() >= depth && !stopping) {
            lock.wait();
          }
        } catch (InterruptedException e) {
          next = failed(new InterruptedIOException("the thread that reads data was interrupted"));
        }
        going = !stopping && !next.last();
        ahead.add(next);
        lock.notifyAll();
      }
    }
  }

  private Ahead<T> read() {
    try {
      T element = source.next();
      return new Ahead<>(element, source.state(), source.lengthHint(), null);
    } catch (IOException | RuntimeException | Error e) {
      return failed(e); // for whoever asks for the element
    }
  }

  private Ahead<T> failed(Throwable fault) {
    return new Ahead<>(null, source.state(), OptionalLong.empty(), fault);
  }

  /** Ends the thread, which finishes what it is reading, and forgets what is ahead. */
  private void stop() {
    Thread running = thread;
    thread = null;
    if (running != null) {
      synchronized (lock) {
        stopping = true;
        lock.notifyAll();
      }
      boolean interrupted = false;
      while (running.isAlive()) {
        try {
          running.join();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
    ahead.clear();
  }

  @Override
  public void reset(long epoch) throws IOException {
    stop();
    source.reset(epoch);
    state = source.state();
  }

  @Override
  public OptionalLong lengthHint() throws IOException {
    return thread == null ? source.lengthHint() : hint;
  }

  /** That of the source: a stream that reads ahead and one that does not have the same. */
  @Override
  public ObjectNode state() {
    return state.deepCopy();
  }

  @Override
  public void restore(JsonNode state) throws IOException {
    stop();
    source.restore(state);
    this.state = source.state();
  }

  @Override
  public void close() throws IOException {
    stop();
    source.close();
  }
}
