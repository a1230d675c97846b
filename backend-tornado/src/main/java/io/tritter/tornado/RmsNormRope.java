package io.tritter.tornado;

import io.tritter.kernel.Kernels;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/** {@link Kernels#rmsNormRope}: a group a head, which it reads twice. */
final class RmsNormRope {
  static final int THREADS = 64;

  private RmsNormRope() {}

  static void onDevice(KernelContext c, FloatArray f, IntArray i, IntArray n, FloatArray s) {
    float[] parts = c.allocateFloatLocalArray(THREADS);
    int t = c.localIdx;
    int half = n.get(6);
    int x = n.get(0) + 2 * half * c.groupIdx;
    int out = n.get(1) + 2 * half * c.groupIdx;
    int weight = n.get(3);
    float squares = 0f;
    for (int k = t; k < 2 * half; k += THREADS) {
      float v = f.get(x + k);
      squares += v * v;
    }
    parts[t] = squares;
    c.localBarrier();
    for (int span = THREADS / 2; span > 0; span = span / 2) {
      if (t < span) {
        parts[t] = parts[t] + parts[t + span];
      }
      c.localBarrier();
    }
    float scale = 1f / TornadoMath.sqrt(parts[0] / (2 * half) + s.get(0));
    int step = (c.groupIdx / n.get(5)) % n.get(4);
    for (int pair = t; pair < half; pair += THREADS) {
      int turn = n.get(2) + 2 * (step * half + pair);
      int near = pair * n.get(7);
      int far = near + n.get(8);
      float cos = f.get(turn);
      float sin = f.get(turn + 1);
      float a = f.get(x + near) * scale * f.get(weight + near);
      float b = f.get(x + far) * scale * f.get(weight + far);
      f.set(out + near, a * cos - b * sin);
      f.set(out + far, b * cos + a * sin);
    }
  }

  /** Like {@link Rope#launch}, with the weight of the norm [headDim]. */
  static Launch launch(
      int x,
      int out,
      int table,
      int weight,
      int outer,
      int seqLen,
      int heads,
      int headDim,
      boolean interleaved,
      float eps) {
    int half = headDim / 2;
    int[] n = {
      x, out, table, weight, seqLen, heads, half, interleaved ? 2 : 1, interleaved ? 1 : half
    };
    return Launch.of(Program.RMS_NORM_ROPE, outer * seqLen * heads, n, eps);
  }

  static void run(
      Device device,
      MemorySegment x,
      MemorySegment weight,
      MemorySegment out,
      int outer,
      int seqLen,
      int heads,
      int headDim,
      int firstPosition,
      float theta,
      boolean interleaved,
      float eps) {
    long elements = (long) outer * seqLen * heads * headDim;
    Memory.check("x", x, elements);
    Memory.check("weight", weight, headDim);
    Memory.check("out", out, elements);
    try (Scratch m = device.scratch();
        Arena arena = Arena.ofConfined()) {
      float[] table = Rope.table(seqLen, headDim, firstPosition, theta, false);
      int angles = m.write(arena.allocateFrom(ValueLayout.JAVA_FLOAT, table), table.length);
      int at = m.write(x, elements);
      int norm = m.write(weight, headDim);
      m.run(launch(at, at, angles, norm, outer, seqLen, heads, headDim, interleaved, eps));
      m.read(at, out, elements);
    }
  }

  /** {@link Kernels#rmsNormRopeBackward}: the rotation back, then {@link RmsNormBackward}. */
  static void runBackward(
      Device device,
      MemorySegment x,
      MemorySegment weight,
      MemorySegment dout,
      MemorySegment dx,
      MemorySegment dweight,
      int outer,
      int seqLen,
      int heads,
      int headDim,
      int firstPosition,
      float theta,
      boolean interleaved,
      float eps) {
    int rows = Math.toIntExact((long) outer * seqLen * heads);
    long elements = (long) rows * headDim;
    RmsNormBackward.check(x, weight, dout, dx, dweight, rows, headDim);
    try (Scratch m = device.scratch();
        Arena arena = Arena.ofConfined()) {
      float[] table = Rope.table(seqLen, headDim, firstPosition, theta, /* inverse= */ true);
      int turns = m.write(arena.allocateFrom(ValueLayout.JAVA_FLOAT, table), table.length);
      int ofOut = m.write(dout, elements);
      int ofX = m.floats(elements);
      int ofWeight = m.write(dweight, headDim);
      int values = m.write(x, elements);
      int weights = m.write(weight, headDim);
      m.run(Rope.launch(ofOut, ofOut, turns, outer, seqLen, heads, headDim, interleaved));
      RmsNormBackward.launches(
              values, weights, ofOut, ofX, ofWeight, m.floats(rows), rows, headDim, eps)
          .forEach(m::run);
      m.read(ofX, dx, elements);
      m.read(ofWeight, dweight, headDim);
    }
  }
}
