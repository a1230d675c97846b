package io.tritter.kernel;

/** Working memory of a thread, grown and kept; its contents are left over from the last use. */
final class Scratch {
  private static final ThreadLocal<float[]> CALLER = ThreadLocal.withInitial(() -> new float[0]);

  private static final ThreadLocal<long[]> LONGS = ThreadLocal.withInitial(() -> new long[0]);

  private Scratch() {}

  /** At least {@code size} floats for the thread that starts a job; one use at a time. */
  static float[] floats(int size) {
    float[] scratch = CALLER.get();
    if (scratch.length < size) {
      scratch = new float[size];
      CALLER.set(scratch);
    }
    return scratch;
  }

  /** At least {@code size} longs for the current thread, inside a task too; one use at a time. */
  static long[] longs(int size) {
    long[] scratch = LONGS.get();
    if (scratch.length < size) {
      scratch = new long[size];
      LONGS.set(scratch);
    }
    return scratch;
  }

  /** {@code kept} if it holds {@code size} floats, otherwise a new array that does. */
  static float[] grown(float[] kept, int size) {
    return kept.length < size ? new float[size] : kept;
  }
}
