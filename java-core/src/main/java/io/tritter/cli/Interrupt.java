package io.tritter.cli;

/**
 * Notices that the process is asked to end, by Ctrl-C or a signal, and makes it wait until the work
 * is brought to an end.
 */
final class Interrupt implements AutoCloseable {
  /** Long enough to save a checkpoint of a large model. */
  private static final long MOST_MILLIS = 120_000;

  private final Thread worker = Thread.currentThread();
  private final Thread hook = new Thread(this::end, "tritter-interrupt");
  private volatile boolean came;

  private Interrupt() {}

  /** Begins to listen, for the calling thread. */
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

  private void end() {
    came = true;
    try {
      worker.join(MOST_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    if (!came) {
      try {
        Runtime.getRuntime().removeShutdownHook(hook);
      } catch (IllegalStateException e) {
        // The process is ending by itself.
      }
    }
  }
}
