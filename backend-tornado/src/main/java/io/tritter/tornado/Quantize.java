package io.tritter.tornado;

import io.tritter.kernel.Kernels;
import java.lang.foreign.MemorySegment;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * {@link Kernels#quantizeAbsmax}, bit for bit: a group a row, whose bytes are filled up with zeros
 * to whole words of 32 columns, as {@link ActivationPlanes} reads them.
 */
final class Quantize {
  static final int THREADS = 128;

  private static final float FLOOR = 1e-5f;

  private static final int BYTE = 255;

  private Quantize() {}

  static void onDevice(KernelContext c, FloatArray f, IntArray i, IntArray n, FloatArray s) {
    float[] parts = c.allocateFloatLocalArray(THREADS);
    int[] strange = c.allocateIntLocalArray(THREADS);
    int t = c.localIdx;
    int cols = n.get(3);
    int words = n.get(4);
    int x = n.get(0) + c.groupIdx * cols;
    int q = n.get(1) + c.groupIdx * words;
    float most = FLOOR;
    int nans = 0;
    for (int k = t; k < cols; k += THREADS) {
      float v = TornadoMath.abs(f.get(x + k));
      most = TornadoMath.max(most, v);
      nans += Float.isNaN(v) ? 1 : 0; // other comparisons of a NaN are compiled wrongly
    }
    parts[t] = most;
    strange[t] = nans;
    c.localBarrier();
    for (int half = THREADS / 2; half > 0; half = half / 2) {
      if (t < half) {
        parts[t] = TornadoMath.max(parts[t], parts[t + half]);
        strange[t] = strange[t] + strange[t + half];
      }
      c.localBarrier();
    }
    float scale = Rounded.quotient(s.get(0), parts[0]);
    if (t == 0) {
      float inverse = Rounded.quotient(1f, scale);
      f.set(n.get(2) + c.groupIdx, strange[0] > 0 ? s.get(1) : inverse);
    }
    for (int w = t; w < words; w += THREADS) {
      int word = 0;
      for (int b = 0; b < 4; b++) {
        int k = 4 * w + b;
        int rounded = 0;
        // A row with an infinity has a scale of 0: what is not finite becomes 0.
        if (k < cols && strange[0] == 0 && scale > 0f) {
          float y = Rounded.product(f.get(x + k), scale);
          rounded = (int) (y + Rounded.TO_INTEGER - Rounded.TO_INTEGER);
        }
        word = word | ((rounded & BYTE) << (8 * b));
      }
      i.set(q + w, word);
    }
  }

  /**
   * Rows of float32 to bytes.
   *
   * @param q room for {@code words} of four bytes a row
   * @param inverseScales room for a number a row
   */
  static Launch launch(int x, int q, int inverseScales, int rows, int cols, int words, int bits) {
    int[] n = {x, q, inverseScales, cols, words};
    return Launch.of(Program.QUANTIZE, rows, n, (1 << (bits - 1)) - 1, Float.NaN);
  }

  /** Refuses what the CPU refuses. */
  static void check(
      MemorySegment x, MemorySegment q, MemorySegment inverseScales, int rows, int cols, int bits) {
    checkBits(bits);
    Memory.check("x", x, (long) rows * cols);
    Memory.check("q", q, (long) rows * cols, Byte.BYTES);
    Memory.check("inverseScales", inverseScales, rows);
  }

  static void checkBits(int bits) {
    if (bits < 2 || bits > 8) {
      throw new IllegalArgumentException("bits: expected 2 to 8, got " + bits);
    }
  }

  static void run(
      Device device,
      MemorySegment x,
      MemorySegment q,
      MemorySegment inverseScales,
      int rows,
      int cols,
      int bits) {
    check(x, q, inverseScales, rows, cols, bits);
    try (Scratch m = device.scratch()) {
      quantize(m, m.write(x, (long) rows * cols), q, inverseScales, rows, cols, bits);
    }
  }

  /** {@link Kernels#rmsNormQuantize}: the normed rows stay on the device. */
  static void runNormed(
      Device device,
      MemorySegment x,
      MemorySegment weight,
      MemorySegment q,
      MemorySegment inverseScales,
      int rows,
      int dim,
      float eps,
      int bits) {
    Memory.check("weight", weight, dim);
    check(x, q, inverseScales, rows, dim, bits);
    try (Scratch m = device.scratch()) {
      int at = m.write(x, (long) rows * dim);
      m.run(RmsNorm.launch(at, m.write(weight, dim), at, rows, dim, eps));
      quantize(m, at, q, inverseScales, rows, dim, bits);
    }
  }

  private static void quantize(
      Scratch m,
      int x,
      MemorySegment q,
      MemorySegment inverseScales,
      int rows,
      int cols,
      int bits) {
    int words = Math.ceilDiv(cols, Integer.BYTES);
    int bytes = m.ints((long) rows * words);
    int scales = m.floats(rows);
    m.run(launch(x, bytes, scales, rows, cols, words, bits));
    m.readRows(bytes, q, rows, cols, words);
    m.read(scales, inverseScales, rows);
  }
}
