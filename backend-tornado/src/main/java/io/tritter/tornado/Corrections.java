package io.tritter.tornado;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * Sparse ternary deltas applied to weights: {@code w[at] += scale} where the delta is +1, {@code
 * w[at] -= scale} where it is -1, a thread a delta. No place is named twice.
 */
final class Corrections {
  static final int THREADS = 128;

  private Corrections() {}

  static void onDevice(KernelContext c, FloatArray f, IntArray i, IntArray n, FloatArray s) {
    if (c.globalIdx < n.get(2)) {
      int code = i.get(n.get(1) + c.globalIdx);
      int at = n.get(0) + ((code >> 1) & 0x7fff_ffff);
      float delta = (code & 1) == 1 ? -s.get(0) : s.get(0);
      f.set(at, f.get(at) + delta);
    }
  }

  /**
   * The deltas on weights.
   *
   * @param codes twice the place, plus 1 where the delta is -1
   */
  static Launch launch(int weights, int codes, int count, float scale) {
    return Launch.each(
        Program.CORRECTIONS, Math.max(1, count), Launch.n(weights, codes, count), scale);
  }

  /**
   * Applies deltas to weights on the host.
   *
   * @param places of the deltas, each once
   * @param negative whether a delta is -1
   */
  static void run(
      Device device,
      MemorySegment weights,
      long size,
      int[] places,
      boolean[] negative,
      float scale) {
    Memory.check("weights", weights, size);
    try (Scratch m = device.scratch();
        Arena arena = Arena.ofConfined()) {
      MemorySegment codes = arena.allocate(4L * Math.max(1, places.length), 4);
      for (int k = 0; k < places.length; k++) {
        if (places[k] < 0 || places[k] >= size) {
          throw new IllegalArgumentException(
              "places[%d]: expected 0 to %d, got %d".formatted(k, size - 1, places[k]));
        }
        codes.setAtIndex(ValueLayout.JAVA_INT, k, 2 * places[k] + (negative[k] ? 1 : 0));
      }
      int at = m.write(weights, size);
      m.run(launch(at, m.writeInts(codes, places.length), places.length, scale));
      m.read(at, weights, size);
    }
  }
}
