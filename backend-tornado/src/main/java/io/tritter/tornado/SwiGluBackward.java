package io.tritter.tornado;

import io.tritter.kernel.Kernels;
import java.lang.foreign.MemorySegment;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * {@link Kernels#gatedBackward} with SILU, a thread an element: with {@code p = sigmoid(gate)},
 * {@code dgate = dout up p (1 + gate (1 - p))} and {@code dup = dout gate p}.
 */
final class SwiGluBackward {
  static final int THREADS = 256;

  private SwiGluBackward() {}

  static void onDevice(KernelContext c, FloatArray f, IntArray i, IntArray n, FloatArray s) {
    if (c.globalIdx < n.get(5)) {
      float gate = f.get(n.get(0) + c.globalIdx);
      float up = f.get(n.get(1) + c.globalIdx);
      float dout = f.get(n.get(2) + c.globalIdx);
      float p = 1f / (1f + TornadoMath.exp(-gate));
      f.set(n.get(3) + c.globalIdx, dout * up * (p * (1f + gate * (1f - p))));
      f.set(n.get(4) + c.globalIdx, dout * (gate * p));
    }
  }

  /** The gradients may take the places of what they are gradients of, or of {@code dout}. */
  static Launch launch(int gate, int up, int dout, int dgate, int dup, int elements) {
    int[] n = {gate, up, dout, dgate, dup, elements};
    return Launch.each(Program.SWI_GLU_BACKWARD, elements, n);
  }

  static void run(
      Device device,
      MemorySegment gate,
      MemorySegment up,
      MemorySegment dout,
      MemorySegment dgate,
      MemorySegment dup,
      long elements) {
    Memory.check("gate", gate, elements);
    Memory.check("up", up, elements);
    Memory.check("dout", dout, elements);
    Memory.check("dgate", dgate, elements);
    Memory.check("dup", dup, elements);
    try (Scratch m = device.scratch()) {
      int g = m.write(gate, elements);
      int u = m.write(up, elements);
      m.run(launch(g, u, m.write(dout, elements), g, u, Math.toIntExact(elements)));
      m.read(g, dgate, elements);
      m.read(u, dup, elements);
    }
  }
}
