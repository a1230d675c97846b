package io.tritter.tornado;

import io.tritter.kernel.Kernels;
import java.lang.foreign.MemorySegment;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/** {@link Kernels#softmax}: a group a row, which it reads three times. */
final class Softmax {
  static final int THREADS = 128;

  private Softmax() {}

  static void onDevice(KernelContext c, FloatArray f, IntArray i, IntArray n, FloatArray s) {
    float[] parts = c.allocateFloatLocalArray(THREADS);
    int t = c.localIdx;
    int dim = n.get(2);
    int x = n.get(0) + c.groupIdx * dim;
    int out = n.get(1) + c.groupIdx * dim;
    float max = f.get(x);
    for (int k = t; k < dim; k += THREADS) {
      max = TornadoMath.max(max, f.get(x + k));
    }
    parts[t] = max;
    c.localBarrier();
    for (int half = THREADS / 2; half > 0; half = half / 2) {
      if (t < half) {
        parts[t] = TornadoMath.max(parts[t], parts[t + half]);
      }
      c.localBarrier();
    }
    max = parts[0];
    c.localBarrier();
    float sum = 0f;
    for (int k = t; k < dim; k += THREADS) {
      float e = TornadoMath.exp(f.get(x + k) - max);
      f.set(out + k, e);
      sum += e;
    }
    parts[t] = sum;
    c.localBarrier();
    for (int half = THREADS / 2; half > 0; half = half / 2) {
      if (t < half) {
        parts[t] = parts[t] + parts[t + half];
      }
      c.localBarrier();
    }
    sum = parts[0];
    for (int k = t; k < dim; k += THREADS) {
      f.set(out + k, f.get(out + k) / sum);
    }
  }

  static Launch launch(int x, int out, int rows, int dim) {
    return Launch.of(Program.SOFTMAX, rows, Launch.n(x, out, dim));
  }

  static void run(Device device, MemorySegment x, MemorySegment out, int rows, int dim) {
    long elements = (long) rows * dim;
    Memory.check("x", x, elements);
    Memory.check("out", out, elements);
    try (Scratch m = device.scratch()) {
      int at = m.write(x, elements);
      m.run(launch(at, at, rows, dim));
      m.read(at, out, elements);
    }
  }
}
