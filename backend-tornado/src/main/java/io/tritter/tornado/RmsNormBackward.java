package io.tritter.tornado;

import io.tritter.kernel.Kernels;
import java.lang.foreign.MemorySegment;
import java.util.List;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * {@link Kernels#rmsNormBackward} in two launches: a group a row for the gradient of x, and then a
 * group 32 columns for that of the weight, eight threads a column.
 */
final class RmsNormBackward {
  static final int THREADS = 128;
  static final int COLUMN_THREADS = 256;

  private static final int COLS = 32;
  private static final int PARTS = COLUMN_THREADS / COLS;

  private RmsNormBackward() {}

  static void onDevice(KernelContext c, FloatArray f, IntArray i, IntArray n, FloatArray s) {
    float[] squares = c.allocateFloatLocalArray(THREADS);
    float[] dots = c.allocateFloatLocalArray(THREADS);
    int t = c.localIdx;
    int dim = n.get(6);
    int x = n.get(0) + c.groupIdx * dim;
    int dout = n.get(2) + c.groupIdx * dim;
    int dx = n.get(3) + c.groupIdx * dim;
    float square = 0f;
    float dot = 0f;
    for (int k = t; k < dim; k += THREADS) {
      float v = f.get(x + k);
      square = v * v + square;
      dot = v * f.get(n.get(1) + k) * f.get(dout + k) + dot;
    }
    squares[t] = square;
    dots[t] = dot;
    c.localBarrier();
    for (int half = THREADS / 2; half > 0; half = half / 2) {
      if (t < half) {
        squares[t] = squares[t] + squares[t + half];
        dots[t] = dots[t] + dots[t + half];
      }
      c.localBarrier();
    }
    float scale = 1f / TornadoMath.sqrt(squares[0] / dim + s.get(0));
    float pull = dots[0] / dim * scale * scale * scale;
    if (t == 0) {
      f.set(n.get(5) + c.groupIdx, scale);
    }
    for (int k = t; k < dim; k += THREADS) {
      float gradient = f.get(n.get(1) + k) * f.get(dout + k);
      f.set(dx + k, scale * gradient - pull * f.get(x + k));
    }
  }

  static void columnsOnDevice(KernelContext c, FloatArray f, IntArray i, IntArray n, FloatArray s) {
    float[] parts = c.allocateFloatLocalArray(COLUMN_THREADS);
    int t = c.localIdx;
    int dim = n.get(6);
    int rows = n.get(7);
    int col = c.groupIdx * COLS + t % COLS;
    float sum = 0f;
    if (col < dim) {
      for (int r = t / COLS; r < rows; r += PARTS) {
        float normed = f.get(n.get(0) + r * dim + col) * f.get(n.get(5) + r);
        sum = f.get(n.get(2) + r * dim + col) * normed + sum;
      }
    }
    parts[t] = sum;
    c.localBarrier();
    if (t < COLS && col < dim) {
      sum = f.get(n.get(4) + col);
      for (int p = 0; p < PARTS; p++) {
        sum = sum + parts[p * COLS + t];
      }
      f.set(n.get(4) + col, sum);
    }
  }

  /**
   * Both launches.
   *
   * @param dx written, at another place than dout
   * @param dweight added to
   * @param scales room for a number a row
   */
  static List<Launch> launches(
      int x, int weight, int dout, int dx, int dweight, int scales, int rows, int dim, float eps) {
    int[] n = {x, weight, dout, dx, dweight, scales, dim, rows};
    return List.of(
        Launch.of(Program.RMS_NORM_BACKWARD, rows, n, eps),
        Launch.of(Program.RMS_NORM_COLUMNS, Math.ceilDiv(dim, COLS), n));
  }

  /** Refuses memory that is too short. */
  static void check(
      MemorySegment x,
      MemorySegment weight,
      MemorySegment dout,
      MemorySegment dx,
      MemorySegment dweight,
      int rows,
      int dim) {
    long elements = (long) rows * dim;
    Memory.check("x", x, elements);
    Memory.check("weight", weight, dim);
    Memory.check("dout", dout, elements);
    Memory.check("dx", dx, elements);
    Memory.check("dweight", dweight, dim);
  }

  static void run(
      Device device,
      MemorySegment x,
      MemorySegment weight,
      MemorySegment dout,
      MemorySegment dx,
      MemorySegment dweight,
      int rows,
      int dim,
      float eps) {
    long elements = (long) rows * dim;
    check(x, weight, dout, dx, dweight, rows, dim);
    try (Scratch m = device.scratch()) {
      int ofX = m.floats(elements);
      int ofWeight = m.write(dweight, dim);
      int values = m.write(x, elements);
      int weights = m.write(weight, dim);
      int ofOut = m.write(dout, elements);
      launches(values, weights, ofOut, ofX, ofWeight, m.floats(rows), rows, dim, eps)
          .forEach(m::run);
      m.read(ofX, dx, elements);
      m.read(ofWeight, dweight, dim);
    }
  }
}
