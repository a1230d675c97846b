package io.tritter;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.Arrays;

/** Bytes that a call leaves on the heap once C2 has compiled it; until then vectors are objects. */
public final class AllocatedBytes {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private AllocatedBytes() {}

  /**
   * Bytes a call of all threads, of the first round within the bound or else of the best one.
   *
   * @param calls of a round
   * @param bound bytes a call
   * @param warmUpNanos time in which a round has to come within the bound
   */
  public static long steady(Runnable call, int calls, long bound, long warmUpNanos) {
    long end = System.nanoTime() + warmUpNanos;
    call.run();
    long[] threads = threads();
    long best = Long.MAX_VALUE;
    do {
      long before = allocated(threads);
      for (int i = 0; i < calls; i++) {
        call.run();
      }
      best = Math.min(best, (allocated(threads) - before) / calls);
    } while (best > bound && System.nanoTime() < end);
    return best;
  }

  private static long allocated(long[] threads) {
    return Arrays.stream(THREADS.getThreadAllocatedBytes(threads)).map(n -> Math.max(0, n)).sum();
  }

  /** This thread and those of the kernels. */
  private static long[] threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(t -> t.equals(Thread.currentThread()) || t.getName().startsWith("tritter-"))
        .mapToLong(Thread::threadId)
        .toArray();
  }
}
