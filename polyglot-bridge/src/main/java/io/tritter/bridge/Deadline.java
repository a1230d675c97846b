package io.tritter.bridge;

import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.graalvm.polyglot.Context;
import org.jspecify.annotations.Nullable;

/** Ends a context that computes for too long: Python can neither catch that nor go on. */
final class Deadline {
  private Deadline() {}

  /**
   * The value of some work in a context.
   *
   * @throws CancellationException after the limit; the context is closed then
   */
  static <T> T within(Duration limit, Context context, Supplier<T> work) {
    AtomicBoolean decided = new AtomicBoolean();
    CountDownLatch finished = new CountDownLatch(1);
    Runnable watch =
        () -> {
          if (!ends(finished, limit) && decided.compareAndSet(false, true)) {
            context.close(true);
          }
        };
    Thread.ofPlatform().daemon().name("deadline").start(watch);
    try {
      T value = work.get();
      if (decided.compareAndSet(false, true)) {
        return value;
      }
      throw exceeded(limit, null);
    } catch (RuntimeException e) {
      if (decided.compareAndSet(false, true) || e instanceof CancellationException) {
        throw e;
      }
      throw exceeded(limit, e);
    } finally {
      finished.countDown();
    }
  }

  private static boolean ends(CountDownLatch work, Duration limit) {
    try {
      return work.await(limit.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e); // nobody does
    }
  }

  private static RuntimeException exceeded(Duration limit, @Nullable Throwable cause) {
    CancellationException exceeded =
        new CancellationException("eval: expected at most %s, took longer".formatted(limit));
    exceeded.initCause(cause);
    return exceeded;
  }
}
