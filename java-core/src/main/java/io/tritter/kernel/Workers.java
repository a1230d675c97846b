package io.tritter.kernel;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntConsumer;
import java.util.function.ObjIntConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The fixed pool that kernels share: the caller and {@code threads() - 1} daemons that spin briefly
 * between jobs, then park, because a fork-join hand-over costs more than a small kernel.
 *
 * <p>Tasks are numbered and taken in order by whoever is free, so what a task computes must depend
 * on its number alone; then no result depends on the thread count. A job that a task starts runs on
 * that task's thread.
 */
public final class Workers {
  /** Property that sets the thread count; default: the processors of the machine. */
  public static final String PROPERTY = "tritter.threads";

  private static final int SPINS = 20_000;
  private static final int THREADS = threadCount();
  private static final Worker[] POOL = new Worker[THREADS - 1];
  private static final Object ONE_JOB_AT_A_TIME = new Object();
  private static volatile @Nullable Job current;

  /** Number of the last job; guarded by the lock. */
  private static long jobs;

  static {
    for (int i = 0; i < POOL.length; i++) {
      POOL[i] = new Worker("tritter-" + (i + 1));
      POOL[i].start();
    }
  }

  private Workers() {}

  /** Number of threads that work on a kernel, the caller included. */
  public static int threads() {
    return THREADS;
  }

  /**
   * Runs {@code task.accept(i)} for each i in 0..count-1 and returns when all are done; an
   * exception of a task reaches the caller then.
   */
  public static void run(int count, IntConsumer task) {
    boolean nested =
        Thread.currentThread() instanceof Worker || Thread.holdsLock(ONE_JOB_AT_A_TIME);
    if (count <= 1 || THREADS == 1 || nested) {
      for (int i = 0; i < count; i++) {
        task.accept(i);
      }
      return;
    }
    synchronized (ONE_JOB_AT_A_TIME) {
      Job job = new Job(++jobs, count, task);
      current = job;
      for (Thread thread : POOL) {
        LockSupport.unpark(thread);
      }
      job.work();
      try {
        job.await();
      } finally {
        current = null; // or the memory of its arguments would stay reachable
      }
    }
  }

  /** A piece {@code from..to-1} of a range. */
  @FunctionalInterface
  interface Piece {
    void accept(long from, long to);
  }

  /** Cuts 0..n-1 into pieces of {@code size}, the last one shorter, and runs each. */
  static void pieces(long n, long size, Piece task) {
    int count = Math.toIntExact(Math.ceilDiv(n, size));
    run(count, i -> task.accept(i * size, Math.min(n, (i + 1) * size)));
  }

  /**
   * Like {@link #run}, but each thread makes one {@code W} and uses it for all its tasks: working
   * memory, whose contents must not reach the next task.
   */
  static <W> void reusing(int count, Supplier<W> make, ObjIntConsumer<W> task) {
    AtomicInteger next = new AtomicInteger();
    run(
        Math.min(count, THREADS),
        thread -> {
          int i = next.getAndIncrement();
          if (i < count) {
            W work = make.get();
            for (; i < count; i = next.getAndIncrement()) {
              task.accept(work, i);
            }
          }
        });
  }

  private static int threadCount() {
    int processors = Runtime.getRuntime().availableProcessors();
    int threads = Integer.getInteger(PROPERTY, processors);
    if (threads < 1) {
      throw new IllegalArgumentException(PROPERTY + ": expected at least 1, got " + threads);
    }
    return threads;
  }

  /** A thread of the pool. */
  private static final class Worker extends Thread {
    Worker(String name) {
      super(name);
      setDaemon(true);
    }

    @Override
    public void run() {
      long last = 0;
      int idle = 0;
      while (true) {
        Job job = current;
        if (job != null && job.number != last) {
          last = job.number;
          idle = 0;
          job.work();
        } else if (++idle < SPINS) {
          Thread.onSpinWait();
        } else {
          LockSupport.park(ONE_JOB_AT_A_TIME);
        }
      }
    }
  }

  /** Numbered tasks, a counter for the next and a counter of the finished. */
  private static final class Job {
    private final long number;
    private final int count;
    private final IntConsumer task;
    private final AtomicInteger next = new AtomicInteger();
    private final AtomicInteger done = new AtomicInteger();
    private volatile @Nullable Throwable failure;

    Job(long number, int count, IntConsumer task) {
      this.number = number;
      this.count = count;
      this.task = task;
    }

    void work() {
      for (int i = next.getAndIncrement(); i < count; i = next.getAndIncrement()) {
        try {
          task.accept(i);
        } catch (RuntimeException | Error e) {
          failure = e;
        }
        done.incrementAndGet();
      }
    }

    @SuppressWarnings(
        "ThreadPriorityCheck") // the wait is bounded by the longest task; a yield lets a busy
    // neighbour finish
    void await() {
      int spins = 0;
      while (done.get() < count) {
        if (++spins < SPINS) {
          Thread.onSpinWait();
        } else {
          Thread.yield();
        }
      }
      Throwable thrown = failure;
      if (thrown instanceof RuntimeException e) {
        throw e;
      }
      if (thrown instanceof Error e) {
        throw e;
      }
    }
  }
}
