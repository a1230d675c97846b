package io.tritter.tornado;

import java.lang.foreign.MemorySegment;
import java.util.Optional;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * A kernel whose results are known: a device on which global ids, shifts, population counts, sums
 * through local memory, rounding, a NaN or float32 are not those of Java is refused.
 *
 * <p>Each has been wrong somewhere without an error, rounding where the device reorders sums;
 * docs/gpu.md has the list.
 */
final class SelfTest {
  static final int THREADS = 64;

  private static final int GROUPS = 5;
  private static final int RESULTS = 7;
  private static final int LOW = 0x00ff_ffff;

  /** Exponential, root and quotient of OpenCL are within 4 units in the last place. */
  private static final double FLOAT32 = 1e-6;

  private SelfTest() {}

  static void onDevice(KernelContext c, FloatArray f, IntArray i, IntArray n, FloatArray s) {
    int[] parts = c.allocateIntLocalArray(THREADS);
    int at = c.groupIdx * THREADS + c.localIdx;
    int x = at * 0x9E3779B9 ^ n.get(2);
    int out = n.get(0) + at * RESULTS;
    i.set(out, c.globalIdx);
    i.set(out + 1, (x >> 8) & LOW);
    i.set(out + 2, Integer.bitCount(x));
    i.set(out + 3, (x << 3) ^ (x * 7));
    parts[c.localIdx] = x & 1023;
    c.localBarrier();
    for (int half = THREADS / 2; half > 0; half = half / 2) {
      if (c.localIdx < half) {
        parts[c.localIdx] = parts[c.localIdx] + parts[c.localIdx + half];
      }
      c.localBarrier();
    }
    i.set(out + 4, parts[0]);
    float y = ((x >> 8) & 1023) * s.get(0);
    // A compiler that may reorder sums does nothing at all here.
    i.set(out + 5, (int) (y + Rounded.TO_INTEGER - Rounded.TO_INTEGER));
    i.set(out + 6, Float.isNaN(s.get(1)) ? 1 : 0);
    f.set(n.get(1) + at, TornadoMath.exp(-y) / TornadoMath.sqrt(1f + y * y));
  }

  /** What is wrong with the results of the device; empty if nothing is. */
  static Optional<String> run(Device device) {
    int count = GROUPS * THREADS;
    int salt = 0x5bd1e995;
    float step = 1 / 128f; // products with it are exact, fused with a sum or not
    try (Scratch m = device.scratch()) {
      int ints = m.ints((long) count * RESULTS);
      int floats = m.floats(count);
      m.run(Launch.of(Program.SELF_TEST, GROUPS, Launch.n(ints, floats, salt), step, Float.NaN));
      int[] i = new int[count * RESULTS];
      float[] f = new float[count];
      m.readInts(ints, MemorySegment.ofArray(i), i.length);
      m.read(floats, MemorySegment.ofArray(f), count);
      return compare(i, f, salt, step);
    }
  }

  private static Optional<String> compare(int[] i, float[] f, int salt, float step) {
    String[] names = {
      "global id",
      "shift right",
      "population count",
      "shift left",
      "sum of a group",
      "rounding",
      "NaN"
    };
    for (int at = 0; at < f.length; at++) {
      int x = input(at, salt);
      int[] expected = {
        at,
        (x >> 8) & LOW,
        Integer.bitCount(x),
        (x << 3) ^ (x * 7),
        sum(at / THREADS, salt),
        (int) Math.rint(((x >> 8) & 1023) * step),
        1
      };
      for (int k = 0; k < RESULTS; k++) {
        if (i[at * RESULTS + k] != expected[k]) {
          return Optional.of(
              "%s of thread %d: expected %d, got %d"
                  .formatted(names[k], at, expected[k], i[at * RESULTS + k]));
        }
      }
      float y = ((x >> 8) & 1023) * step;
      double exact = Math.exp(-y) / Math.sqrt(1 + (double) y * y);
      if (!(Math.abs(f[at] - exact) <= FLOAT32 * (exact + FLOAT32))) {
        return Optional.of(
            "float32 of thread %d: expected %s within %s, got %s"
                .formatted(at, exact, FLOAT32, f[at]));
      }
    }
    return Optional.empty();
  }

  private static int input(int at, int salt) {
    return at * 0x9E3779B9 ^ salt;
  }

  private static int sum(int group, int salt) {
    int sum = 0;
    for (int t = 0; t < THREADS; t++) {
      sum += input(group * THREADS + t, salt) & 1023;
    }
    return sum;
  }
}
