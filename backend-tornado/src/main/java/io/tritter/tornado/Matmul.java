package io.tritter.tornado;

import io.tritter.kernel.Kernels;
import java.lang.foreign.MemorySegment;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * {@link Kernels#matmul}: tiles of 64 by 64, of which a thread has 4 by 4, over 16 of the inner
 * elements at a time in local memory.
 *
 * <p>The order of addition is that of the CPU (io.tritter.kernel.Matmul): a chain of multiply-adds
 * in order of k in blocks of at most 256, whose sums are added in order. Where the device fuses the
 * multiply-adds, the bits are the same.
 */
final class Matmul {
  static final int THREADS = 256;

  private static final int TILE = 64;
  private static final int STEP = 16;
  private static final int PITCH = TILE + 1;
  private static final int SIDE = 16;
  private static final int EACH = TILE / SIDE;
  private static final int BLOCK = 256;

  private Matmul() {}

  static void onDevice(KernelContext c, FloatArray f, IntArray i, IntArray n, FloatArray s) {
    float[] left = c.allocateFloatLocalArray(STEP * PITCH);
    float[] right = c.allocateFloatLocalArray(STEP * PITCH);
    float[] parts = new float[EACH * EACH];
    float[] sums = new float[EACH * EACH];
    int t = c.localIdx;
    int tx = t % SIDE;
    int ty = t / SIDE;
    int row0 = c.groupIdy * TILE;
    int col0 = c.groupIdx * TILE;
    int rows = n.get(3);
    int cols = n.get(4);
    int inner = n.get(5);
    int aRow = n.get(6);
    int aInner = n.get(7);
    int bInner = n.get(8);
    int bCol = n.get(9);
    int block = n.get(10);
    int accumulate = n.get(11);
    for (int e = 0; e < EACH * EACH; e++) {
      int r = row0 + ty + e / EACH * SIDE;
      int q = col0 + tx + e % EACH * SIDE;
      sums[e] = 0f;
      if (accumulate == 1 && r < rows && q < cols) {
        sums[e] = f.get(n.get(2) + r * cols + q);
      }
    }
    for (int k0 = 0; k0 < inner; k0 += block) {
      int end = Math.min(inner, k0 + block);
      for (int e = 0; e < EACH * EACH; e++) {
        parts[e] = 0f;
      }
      for (int k1 = k0; k1 < end; k1 += STEP) {
        for (int u = 0; u < EACH; u++) {
          int at = t + u * THREADS;
          // Neighbouring threads read neighbouring elements, whichever way a matrix lies.
          int ar = aInner == 1 ? at / STEP : at % TILE;
          int ak = aInner == 1 ? at % STEP : at / TILE;
          float a = 0f;
          if (row0 + ar < rows && k1 + ak < end) {
            a = f.get(n.get(0) + (row0 + ar) * aRow + (k1 + ak) * aInner);
          }
          left[ak * PITCH + ar] = a;
          int bq = bInner == 1 ? at / STEP : at % TILE;
          int bk = bInner == 1 ? at % STEP : at / TILE;
          float b = 0f;
          if (col0 + bq < cols && k1 + bk < end) {
            b = f.get(n.get(1) + (k1 + bk) * bInner + (col0 + bq) * bCol);
          }
          right[bk * PITCH + bq] = b;
        }
        c.localBarrier();
        for (int k = 0; k < STEP; k++) {
          for (int e = 0; e < EACH * EACH; e++) {
            float a = left[k * PITCH + ty + e / EACH * SIDE];
            parts[e] = a * right[k * PITCH + tx + e % EACH * SIDE] + parts[e];
          }
        }
        c.localBarrier();
      }
      for (int e = 0; e < EACH * EACH; e++) {
        sums[e] = k0 == 0 && accumulate == 0 ? parts[e] : sums[e] + parts[e];
      }
    }
    for (int e = 0; e < EACH * EACH; e++) {
      int r = row0 + ty + e / EACH * SIDE;
      int q = col0 + tx + e % EACH * SIDE;
      if (r < rows && q < cols) {
        f.set(n.get(2) + r * cols + q, sums[e]);
      }
    }
  }

  /** The product of what lies at a and b, in rows, to c. */
  static Launch launch(
      int a,
      boolean transposeA,
      int b,
      boolean transposeB,
      int c,
      int rows,
      int cols,
      int inner,
      boolean accumulate) {
    int block =
        inner <= BLOCK ? Math.max(1, inner) : Math.ceilDiv(inner, Math.ceilDiv(inner, BLOCK));
    int[] n = {
      a,
      b,
      c,
      rows,
      cols,
      inner,
      transposeA ? 1 : inner,
      transposeA ? rows : 1,
      transposeB ? 1 : cols,
      transposeB ? inner : 1,
      block,
      accumulate ? 1 : 0
    };
    return new Launch(Program.MATMUL, Math.ceilDiv(cols, TILE), Math.ceilDiv(rows, TILE), 1, n);
  }

  static void run(
      Device device,
      MemorySegment a,
      boolean transposeA,
      MemorySegment b,
      boolean transposeB,
      MemorySegment c,
      int rows,
      int cols,
      int inner,
      boolean accumulate) {
    long out = (long) rows * cols;
    Memory.check("a", a, (long) rows * inner);
    Memory.check("b", b, (long) inner * cols);
    Memory.check("c", c, out);
    try (Scratch m = device.scratch()) {
      int left = m.write(a, (long) rows * inner);
      int right = m.write(b, (long) inner * cols);
      int product = accumulate ? m.write(c, out) : m.floats(out);
      m.run(launch(left, transposeA, right, transposeB, product, rows, cols, inner, accumulate));
      m.read(product, c, out);
    }
  }
}
