package io.tritter.tornado;

import io.tritter.kernel.Kernels;
import java.lang.foreign.MemorySegment;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * {@link Kernels#gru}: the products of the inputs of all steps, then one launch for the whole
 * rollout.
 *
 * <p>A group keeps the states of four sequences in local memory from step to step, so that it reads
 * a weight once for four; a thread has every 256th unit. The matrix of the states is turned first:
 * neighbouring threads then read neighbouring weights.
 */
final class Gru {
  static final int THREADS = 256;

  /** Units of the state that local memory has room for. */
  static final int MOST_UNITS = 1024;

  private static final int SEQUENCES = 4;

  private Gru() {}

  static void onDevice(KernelContext c, FloatArray f, IntArray i, IntArray n, FloatArray s) {
    float[] state = c.allocateFloatLocalArray(SEQUENCES * MOST_UNITS);
    float[] next = c.allocateFloatLocalArray(SEQUENCES * MOST_UNITS);
    float[] sums = new float[12];
    int t = c.localIdx;
    int hidden = n.get(7);
    int steps = n.get(6);
    int batch = n.get(5);
    int width = 3 * hidden;
    int first = c.groupIdx * SEQUENCES;
    int here = Math.min(SEQUENCES, batch - first);
    for (int k = t; k < here * hidden; k += THREADS) {
      state[k] = f.get(n.get(1) + first * hidden + k);
    }
    c.localBarrier();
    for (int step = 0; step < steps; step++) {
      for (int j = t; j < hidden; j += THREADS) {
        for (int e = 0; e < 12; e++) {
          sums[e] = 0f;
        }
        for (int k = 0; k < hidden; k++) {
          int w = n.get(2) + k * width + j;
          float wr = f.get(w);
          float wz = f.get(w + hidden);
          float wn = f.get(w + 2 * hidden);
          for (int q = 0; q < SEQUENCES; q++) {
            float h = state[q < here ? q * hidden + k : k];
            sums[3 * q] = h * wr + sums[3 * q];
            sums[3 * q + 1] = h * wz + sums[3 * q + 1];
            sums[3 * q + 2] = h * wn + sums[3 * q + 2];
          }
        }
        for (int q = 0; q < here; q++) {
          int row = (first + q) * steps + step;
          int gate = n.get(0) + row * width + j;
          int bIh = n.get(3) + j;
          int bHh = n.get(4) + j;
          float ar = f.get(gate) + f.get(bIh) + (sums[3 * q] + f.get(bHh));
          float az =
              f.get(gate + hidden) + f.get(bIh + hidden) + (sums[3 * q + 1] + f.get(bHh + hidden));
          float u = sums[3 * q + 2] + f.get(bHh + 2 * hidden);
          float r = 1f / (1f + TornadoMath.exp(-ar));
          float z = 1f / (1f + TornadoMath.exp(-az));
          float x = f.get(gate + 2 * hidden) + f.get(bIh + 2 * hidden) + r * u;
          float y = TornadoMath.tanh(x);
          float h = y + z * (state[q * hidden + j] - y);
          f.set(gate, r);
          f.set(gate + hidden, z);
          f.set(gate + 2 * hidden, y);
          f.set(n.get(0) + batch * steps * width + row * hidden + j, u);
          f.set(n.get(8) + row * hidden + j, h);
          next[q * hidden + j] = h;
        }
      }
      c.localBarrier();
      for (int k = t; k < here * hidden; k += THREADS) {
        state[k] = next[k];
      }
      c.localBarrier();
    }
  }

  /**
   * The rollout; {@code gates} holds the products of the inputs, {@code turned} [hidden, 3 hidden].
   */
  static Launch launch(
      int gates, int h0, int turned, int bIh, int bHh, int out, int batch, int seqLen, int hidden) {
    int[] n = {gates, h0, turned, bIh, bHh, batch, seqLen, hidden, out};
    return Launch.of(Program.GRU, Math.ceilDiv(batch, SEQUENCES), n);
  }

  static void run(
      Device device,
      MemorySegment x,
      MemorySegment h0,
      MemorySegment wIh,
      MemorySegment wHh,
      MemorySegment bIh,
      MemorySegment bHh,
      MemorySegment out,
      MemorySegment gates,
      int batch,
      int seqLen,
      int inputs,
      int hidden) {
    int rows = Math.multiplyExact(batch, seqLen);
    int width = 3 * hidden;
    Memory.check("x", x, (long) rows * inputs);
    Memory.check("h0", h0, (long) batch * hidden);
    Memory.check("wIh", wIh, (long) width * inputs);
    Memory.check("wHh", wHh, (long) width * hidden);
    Memory.check("out", out, (long) rows * hidden);
    Memory.check("gates", gates, 4L * rows * hidden);
    Memory.check("bIh", bIh, width);
    Memory.check("bHh", bHh, width);
    try (Scratch m = device.scratch()) {
      int all = m.floats(4L * rows * hidden);
      int turned = m.floats((long) width * hidden);
      int result = m.floats((long) rows * hidden);
      int xs = m.write(x, (long) rows * inputs);
      int inputWeights = m.write(wIh, (long) width * inputs);
      m.run(Matmul.launch(xs, false, inputWeights, true, all, rows, width, inputs, false));
      m.run(Transpose.launch(m.write(wHh, (long) width * hidden), turned, width, hidden));
      int start = m.write(h0, (long) batch * hidden);
      int b = m.write(bIh, width);
      int d = m.write(bHh, width);
      m.run(launch(all, start, turned, b, d, result, batch, seqLen, hidden));
      m.read(result, out, (long) rows * hidden);
      m.read(all, gates, 4L * rows * hidden);
    }
  }
}
