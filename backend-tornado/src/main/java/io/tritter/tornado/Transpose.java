package io.tritter.tornado;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/** {@code out[c, r] = a[r, c]} through tiles of 32 by 32, so that both sides are read in rows. */
final class Transpose {
  static final int THREADS = 256;

  private static final int TILE = 32;
  private static final int PITCH = TILE + 1;
  private static final int EACH = TILE * TILE / THREADS;

  private Transpose() {}

  static void onDevice(KernelContext c, FloatArray f, IntArray i, IntArray n, FloatArray s) {
    float[] tile = c.allocateFloatLocalArray(TILE * PITCH);
    int rows = n.get(2);
    int cols = n.get(3);
    int row0 = c.groupIdy * TILE;
    int col0 = c.groupIdx * TILE;
    for (int u = 0; u < EACH; u++) {
      int r = (c.localIdx + u * THREADS) / TILE;
      int q = (c.localIdx + u * THREADS) % TILE;
      if (row0 + r < rows && col0 + q < cols) {
        tile[r * PITCH + q] = f.get(n.get(0) + (row0 + r) * cols + col0 + q);
      }
    }
    c.localBarrier();
    for (int u = 0; u < EACH; u++) {
      int q = (c.localIdx + u * THREADS) / TILE;
      int r = (c.localIdx + u * THREADS) % TILE;
      if (row0 + r < rows && col0 + q < cols) {
        f.set(n.get(1) + (col0 + q) * rows + row0 + r, tile[r * PITCH + q]);
      }
    }
  }

  static Launch launch(int a, int out, int rows, int cols) {
    int[] n = {a, out, rows, cols};
    return new Launch(Program.TRANSPOSE, Math.ceilDiv(cols, TILE), Math.ceilDiv(rows, TILE), 1, n);
  }
}
