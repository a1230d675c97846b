package io.tritter.tornado;

import io.tritter.kernel.Kernels;
import java.lang.foreign.MemorySegment;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/** {@link Kernels#gated} with SILU: {@code out = gate sigmoid(gate) up}, a thread an element. */
final class SwiGlu {
  static final int THREADS = 256;

  private SwiGlu() {}

  static void onDevice(KernelContext c, FloatArray f, IntArray i, IntArray n, FloatArray s) {
    if (c.globalIdx < n.get(3)) {
      float gate = f.get(n.get(0) + c.globalIdx);
      float silu = gate / (1f + TornadoMath.exp(-gate));
      f.set(n.get(2) + c.globalIdx, silu * f.get(n.get(1) + c.globalIdx));
    }
  }

  static Launch launch(int gate, int up, int out, int elements) {
    return Launch.each(Program.SWI_GLU, elements, Launch.n(gate, up, out, elements));
  }

  static void run(
      Device device, MemorySegment gate, MemorySegment up, MemorySegment out, long elements) {
    Memory.check("gate", gate, elements);
    Memory.check("up", up, elements);
    Memory.check("out", out, elements);
    try (Scratch m = device.scratch()) {
      int at = m.write(gate, elements);
      m.run(launch(at, m.write(up, elements), at, Math.toIntExact(elements)));
      m.read(at, out, elements);
    }
  }
}
