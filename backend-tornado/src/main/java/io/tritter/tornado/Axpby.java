package io.tritter.tornado;

import io.tritter.kernel.Kernels;
import java.lang.foreign.MemorySegment;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/** {@link Kernels#axpby}, a thread an element. */
final class Axpby {
  static final int THREADS = 256;

  private Axpby() {}

  static void onDevice(KernelContext c, FloatArray f, IntArray i, IntArray n, FloatArray s) {
    if (c.globalIdx < n.get(2)) {
      int y = n.get(1) + c.globalIdx;
      float x = s.get(0) * f.get(n.get(0) + c.globalIdx);
      float old = Rounded.product(s.get(1), f.get(y));
      f.set(y, s.get(1) == 0f ? x : (float) ((double) x + old));
    }
  }

  /** {@code y = alpha x + beta y}. */
  static Launch launch(float alpha, int x, float beta, int y, int elements) {
    return Launch.each(Program.AXPBY, elements, Launch.n(x, y, elements), alpha, beta);
  }

  static void run(
      Device device, float alpha, MemorySegment x, float beta, MemorySegment y, long elements) {
    Memory.check("x", x, elements);
    Memory.check("y", y, elements);
    try (Scratch m = device.scratch()) {
      int at = m.write(x, elements);
      int sum = beta == 0 ? m.floats(elements) : m.write(y, elements);
      m.run(launch(alpha, at, beta, sum, Math.toIntExact(elements)));
      m.read(sum, y, elements);
    }
  }
}
