package io.tritter.benchmarks;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import java.util.Locale;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * What one vector loop costs on float[], on native segments, on heap segments, and on native ones
 * again after it has met both kinds: the reason why tensors are always on native memory.
 */
public final class SegmentKinds {
  private static final VectorSpecies<Float> F = FloatVector.SPECIES_PREFERRED;
  private static final ByteOrder ORDER = ByteOrder.nativeOrder();
  private static final int N = 4096;
  private static final int ROUNDS = 12;
  private static final int CALLS = 20_000;

  private SegmentKinds() {}

  private static void onArrays(float[] x, float[] y) {
    for (int i = 0; i < N; i += F.length()) {
      FloatVector.fromArray(F, x, i)
          .mul(1.0001f)
          .add(FloatVector.fromArray(F, y, i))
          .intoArray(y, i);
    }
  }

  private static void onSegments(MemorySegment x, MemorySegment y) {
    for (int i = 0; i < N; i += F.length()) {
      long at = 4L * i;
      FloatVector.fromMemorySegment(F, x, at, ORDER)
          .mul(1.0001f)
          .add(FloatVector.fromMemorySegment(F, y, at, ORDER))
          .intoMemorySegment(y, at, ORDER);
    }
  }

  private static void time(String name, Runnable loop) {
    double best = Double.POSITIVE_INFINITY;
    for (int round = 0; round < ROUNDS; round++) {
      long start = System.nanoTime();
      for (int call = 0; call < CALLS; call++) {
        loop.run();
      }
      best = Math.min(best, (System.nanoTime() - start) / 1e3 / CALLS);
    }
    System.out.printf(Locale.ROOT, "%-32s %.3f us%n", name, best);
  }

  public static void main(String[] args) {
    float[] a = new float[N];
    float[] b = new float[N];
    MemorySegment x = Arena.global().allocate(4L * N, 64);
    MemorySegment y = Arena.global().allocate(4L * N, 64);
    System.out.println(
        "y += 1.0001 x over " + N + " floats, " + F.vectorBitSize() + "-bit vectors");
    time("float[]", () -> onArrays(a, b));
    time("native segments", () -> onSegments(x, y));
    time("heap segments", () -> onSegments(MemorySegment.ofArray(a), MemorySegment.ofArray(b)));
    time("native segments after heap ones", () -> onSegments(x, y));
  }
}
