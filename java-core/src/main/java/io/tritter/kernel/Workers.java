package io.tritter.kernel;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The fixed pool that kernels share: the caller and {@code threads() - 1} daemons that spin briefly
 * between jobs, then park, because a fork-join hand-over costs more than a small kernel.
 *
 * <p>Tasks are numbered, and what a task computes must depend on its number alone; then no result
 * depends on the thread count. Each thread takes the tasks of its own range in order, the same part
 * of every job, because rows that one kernel has written then are in the cache of the thread whose
 * task of the next kernel reads them; whoever is done helps the others. A job that a task starts,
 * and a job that finds the pool at work for another caller, runs on the thread that starts it.
 */
public final class Workers {
  /** Property that sets the thread count; default: the processors of the machine. */
  public static final String PROPERTY = "tritter.threads";

  private static final int SPINS = 20_000;
  private static final int THREADS = threadCount();

  /** Held by the caller that the pool works for. */
  private static final ReentrantLock ONE_JOB_AT_A_TIME = new ReentrantLock();

  private static final Job JOB = new Job();
  private static final Cut CUT = new Cut();
  private static final Worker[] POOL = new Worker[THREADS - 1];

  static {
    for (int i = 0; i < POOL.length; i++) {
      POOL[i] = new Worker(i + 1);
      POOL[i].start();
    }
  }

  private Workers() {}

  /** Number of threads that work on a kernel, the caller included. */
  public static int threads() {
    return THREADS;
  }

  /**
   * Runs {@code task.accept(i)} for each i in 0..count-1 and returns when all are done. If tasks
   * fail, the exception of the first of them, by number, reaches the caller, and the others may or
   * may not have run.
   */
  public static void run(int count, IntConsumer task) {
    if (count > 1 && tookPool()) {
      try {
        JOB.run(count, task);
      } finally {
        ONE_JOB_AT_A_TIME.unlock();
      }
      return;
    }
    for (int i = 0; i < count; i++) {
      task.accept(i);
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
    if (count > 1 && tookPool()) {
      try {
        CUT.set(n, size, task);
        JOB.run(count, CUT);
      } finally {
        CUT.set(0, 0, Cut::nothing);
        ONE_JOB_AT_A_TIME.unlock();
      }
      return;
    }
    for (int i = 0; i < count; i++) {
      task.accept(i * size, Math.min(n, (i + 1) * size));
    }
  }

  /** Takes the lock, unless another caller has it or this thread is inside a task. */
  private static boolean tookPool() {
    return THREADS > 1
        && !(Thread.currentThread() instanceof Worker)
        && !ONE_JOB_AT_A_TIME.isHeldByCurrentThread()
        && ONE_JOB_AT_A_TIME.tryLock();
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
    private final int index;
    private volatile boolean parked;

    Worker(int index) {
      super("tritter-" + index);
      this.index = index;
      setDaemon(true);
    }

    /** After a new job number: either the worker sees that, or this sees that the worker parks. */
    void wake() {
      if (parked) {
        LockSupport.unpark(this);
      }
    }

    @Override
    public void run() {
      long last = 0;
      int idle = 0;
      while (true) {
        long number = JOB.number;
        if (number != last) {
          last = number;
          idle = 0;
          JOB.work(index);
        } else if (idle < SPINS) {
          idle++;
          Thread.onSpinWait();
        } else {
          parked = true;
          if (JOB.number == last) {
            LockSupport.park(ONE_JOB_AT_A_TIME);
          }
          parked = false;
        }
      }
    }
  }

  /**
   * Numbered tasks; one object for all jobs, set by the holder of the lock. Each thread has a range
   * of them.
   *
   * <p>Whoever takes a task from {@code left} holds the job open until it subtracts the task from
   * {@code open}. Between the two it may read the other fields: they were set before {@code left}
   * and stay until the job is done. A worker that comes late therefore finds either nothing left or
   * a task of the next job, which it may as well run.
   */
  private static final class Job {
    /** Places between the numbers of two threads: a cache line, so that they do not share one. */
    private static final int LINE = 16;

    /** Tasks of each thread's range that nobody has taken; not positive: none. */
    private final AtomicIntegerArray left = new AtomicIntegerArray(LINE * (THREADS + 1));

    /** Tasks that are not done. */
    private final AtomicInteger open = new AtomicInteger();

    private int count;
    private IntConsumer task = Job::nothing;

    /** Of the failed tasks the first, and its exception; guarded by this. */
    private int failed;

    private @Nullable Throwable failure;

    /** Changes with each job, for the workers that wait for one. */
    private volatile long number;

    void run(int tasks, IntConsumer each) {
      count = tasks;
      task = each;
      open.set(tasks);
      for (int thread = 0; thread < THREADS; thread++) {
        left.set(at(thread), start(thread + 1) - start(thread));
      }
      long next = number + 1;
      number = next;
      for (Worker worker : POOL) {
        worker.wake();
      }
      work(0);
      await();
      task = Job::nothing; // or the memory of its arguments would stay reachable
      throwFailure();
    }

    private static int at(int thread) {
      return LINE * (thread + 1);
    }

    /** The first task of a thread's range; that of the last thread plus one is the count. */
    private int start(int thread) {
      return (int) ((long) count * thread / THREADS);
    }

    private static void nothing(int i) {}

    /** Runs the tasks of a thread's range in order, then those that other ranges have left. */
    void work(int thread) {
      int done = 0;
      for (int i = 0; i < THREADS; i++) {
        int range = (thread + i) % THREADS;
        while (left.get(at(range)) > 0) {
          int taken = left.getAndDecrement(at(range));
          if (taken > 0) {
            runTask(start(range + 1) - taken);
            done++;
          }
        }
      }
      if (done > 0) {
        open.addAndGet(-done);
      }
    }

    private void runTask(int i) {
      try {
        task.accept(i);
      } catch (RuntimeException | Error e) {
        fail(i, e);
      }
    }

    private synchronized void fail(int i, Throwable e) {
      if (failure == null || i < failed) {
        failed = i;
        failure = e;
      }
    }

    @SuppressWarnings(
        "ThreadPriorityCheck") // the wait is bounded by the longest task; a yield lets a busy
    // neighbour finish
    private void await() {
      int spins = 0;
      while (open.get() > 0) {
        if (++spins < SPINS) {
          Thread.onSpinWait();
        } else {
          Thread.yield();
        }
      }
    }

    private synchronized void throwFailure() {
      Throwable thrown = failure;
      failure = null;
      if (thrown instanceof RuntimeException e) {
        throw e;
      }
      if (thrown instanceof Error e) {
        throw e;
      }
    }
  }

  /** The tasks of {@link #pieces}; one object, set by the holder of the lock. */
  private static final class Cut implements IntConsumer {
    private long n;
    private long size;
    private Piece task = Cut::nothing;

    private static void nothing(long from, long to) {}

    void set(long length, long piece, Piece each) {
      n = length;
      size = piece;
      task = each;
    }

    @Override
    public void accept(int i) {
      task.accept(i * size, Math.min(n, (i + 1) * size));
    }
  }
}
