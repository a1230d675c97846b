package io.tritter.cli;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Notices that the process is asked to end, by Ctrl-C or a signal, and makes it wait until the work
 * is brought to an end.
 */
final class Interrupt implements AutoCloseable {
  /** Long enough to save a checkpoint of a large model. */
  private static final long MOST_SECONDS = 120;

  private final CountDownLatch closed = new CountDownLatch(1);
  private final Thread hook = new Thread(this::end, "tritter-interrupt");
  private volatile boolean came;

  private Interrupt() {}

  /** Begins to listen; the process ends once this is closed. */
  @SuppressWarnings("MustBeClosedChecker") // the caller closes it
  static Interrupt await() {
    Interrupt interrupt = new Interrupt();
    Runtime.getRuntime().addShutdownHook(interrupt.hook);
    return interrupt;
  }

  /** Whether it came. */
  boolean came() {
    return came;
  }

  @SuppressWarnings("SystemOut")
  private void end() {
    came = true;
    try {
      // Not the end of the thread: one that calls System.exit now waits for this hook.
      if (!closed.await(MOST_SECONDS, TimeUnit.SECONDS)) {
        System.err.println("tritter: ended before the work was");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    closed.countDown();
    if (!came) {
      try {
        Runtime.getRuntime().removeShutdownHook(hook);
      } catch (IllegalStateException e) {
        // The process is ending by itself.
      }
    }
  }
}
