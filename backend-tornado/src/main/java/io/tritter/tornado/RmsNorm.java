package io.tritter.tornado;

import io.tritter.kernel.Kernels;
import java.lang.foreign.MemorySegment;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/** {@link Kernels#rmsNorm}: a group a row; the sum of the squares is float32, in a fixed order. */
final class RmsNorm {
  static final int THREADS = 128;

  private RmsNorm() {}

  static void onDevice(KernelContext c, FloatArray f, IntArray i, IntArray n, FloatArray s) {
    float[] parts = c.allocateFloatLocalArray(THREADS);
    int t = c.localIdx;
    int dim = n.get(3);
    int x = n.get(0) + c.groupIdx * dim;
    int out = n.get(2) + c.groupIdx * dim;
    float squares = 0f;
    for (int k = t; k < dim; k += THREADS) {
      float v = f.get(x + k);
      squares += v * v;
    }
    parts[t] = squares;
    c.localBarrier();
    for (int half = THREADS / 2; half > 0; half = half / 2) {
      if (t < half) {
        parts[t] = parts[t] + parts[t + half];
      }
      c.localBarrier();
    }
    float scale = 1f / TornadoMath.sqrt(parts[0] / dim + s.get(0));
    for (int k = t; k < dim; k += THREADS) {
      f.set(out + k, f.get(x + k) * scale * f.get(n.get(1) + k));
    }
  }

  static Launch launch(int x, int weight, int out, int rows, int dim, float eps) {
    return Launch.of(Program.RMS_NORM, rows, Launch.n(x, weight, out, dim), eps);
  }

  static void run(
      Device device,
      MemorySegment x,
      MemorySegment weight,
      MemorySegment out,
      int rows,
      int dim,
      float eps) {
    long elements = (long) rows * dim;
    Memory.check("x", x, elements);
    Memory.check("weight", weight, dim);
    Memory.check("out", out, elements);
    try (Scratch m = device.scratch()) {
      int at = m.write(x, elements);
      m.run(launch(at, m.write(weight, dim), at, rows, dim, eps));
      m.read(at, out, elements);
    }
  }
}
