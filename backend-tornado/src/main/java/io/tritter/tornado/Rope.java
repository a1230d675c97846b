package io.tritter.tornado;

import io.tritter.kernel.Kernels;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * {@link Kernels#rope}: a thread a pair. The angles are computed on the CPU in float64, as those of
 * late positions need it: a table of cosines and sines [seqLen, headDim / 2, 2].
 */
final class Rope {
  static final int THREADS = 128;

  private Rope() {}

  static void onDevice(KernelContext c, FloatArray f, IntArray i, IntArray n, FloatArray s) {
    int seqLen = n.get(4);
    int heads = n.get(5);
    int half = n.get(6);
    if (c.globalIdx < n.get(3)) {
      int pair = c.globalIdx % half;
      int row = c.globalIdx / half;
      int step = (row / heads) % seqLen;
      int turn = n.get(2) + 2 * (step * half + pair);
      int near = 2 * half * row + pair * n.get(7);
      int far = near + n.get(8);
      float cos = f.get(turn);
      float sin = f.get(turn + 1);
      float a = f.get(n.get(0) + near);
      float b = f.get(n.get(0) + far);
      f.set(n.get(1) + near, a * cos - b * sin);
      f.set(n.get(1) + far, b * cos + a * sin);
    }
  }

  static Launch launch(
      int x,
      int out,
      int table,
      int outer,
      int seqLen,
      int heads,
      int headDim,
      boolean interleaved) {
    int half = headDim / 2;
    int pairs = Math.toIntExact((long) outer * seqLen * heads * half);
    int[] n = {
      x, out, table, pairs, seqLen, heads, half, interleaved ? 2 : 1, interleaved ? 1 : half
    };
    return Launch.each(Program.ROPE, pairs, n);
  }

  /** Cosines and sines of all angles. */
  static float[] table(int seqLen, int headDim, int firstPosition, float theta, boolean inverse) {
    int half = headDim / 2;
    float[] table = new float[seqLen * half * 2];
    for (int t = 0; t < seqLen; t++) {
      for (int i = 0; i < half; i++) {
        double angle = (firstPosition + t) * Math.pow(theta, -2.0 * i / headDim);
        table[2 * (t * half + i)] = (float) Math.cos(angle);
        table[2 * (t * half + i) + 1] = (float) Math.sin(inverse ? -angle : angle);
      }
    }
    return table;
  }

  static void run(
      Device device,
      MemorySegment x,
      MemorySegment out,
      int outer,
      int seqLen,
      int heads,
      int headDim,
      int firstPosition,
      float theta,
      boolean interleaved,
      boolean inverse) {
    long elements = (long) outer * seqLen * heads * headDim;
    Memory.check("x", x, elements);
    Memory.check("out", out, elements);
    try (Scratch m = device.scratch();
        Arena arena = Arena.ofConfined()) {
      float[] table = table(seqLen, headDim, firstPosition, theta, inverse);
      int angles = m.write(arena.allocateFrom(ValueLayout.JAVA_FLOAT, table), table.length);
      int at = m.write(x, elements);
      m.run(launch(at, at, angles, outer, seqLen, heads, headDim, interleaved));
      m.read(at, out, elements);
    }
  }
}
