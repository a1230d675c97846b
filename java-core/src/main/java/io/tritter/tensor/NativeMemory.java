package io.tritter.tensor;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Cleaner;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Zeroed native memory that the garbage collector frees.
 *
 * <p>The collector sees only the small objects that own the memory, so a loop that allocates large
 * results would never make it run. Once as much as {@link #STEP} has been allocated since the last
 * look and not freed, a collection is asked for.
 */
public final class NativeMemory {
  /** 64-byte alignment: a cache line, and the widest vector. */
  private static final long ALIGNMENT = 64;

  private static final long STEP = 1L << 30;
  private static final Cleaner CLEANER = Cleaner.create();
  private static final AtomicLong LIVE = new AtomicLong();
  private static final AtomicLong ALLOCATED = new AtomicLong();
  private static final AtomicLong COLLECT_AT = new AtomicLong(STEP);

  private NativeMemory() {}

  /** A new segment of zeros, aligned to a cache line. */
  public static MemorySegment allocate(long bytes) {
    long live = LIVE.addAndGet(bytes);
    ALLOCATED.addAndGet(bytes);
    if (live > COLLECT_AT.get()) {
      System.gc();
      COLLECT_AT.set(LIVE.get() + STEP);
    }
    MemorySegment memory = Arena.ofAuto().allocate(bytes, ALIGNMENT);
    CLEANER.register(memory, () -> LIVE.addAndGet(-bytes));
    return memory;
  }

  /** Bytes that were ever allocated here: what some code allocates is the difference around it. */
  public static long allocatedBytes() {
    return ALLOCATED.get();
  }
}
