package io.tritter.tornado;

import io.tritter.kernel.AttentionShape;
import io.tritter.kernel.Kernels;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * The gradient of the queries in {@link Kernels#attentionBackward}: {@code dq = ds k} with {@code
 * ds = scale p (dout v^T - delta)}. A group has 16 queries and 64 columns of their gradient; the
 * probabilities are computed again, 16 keys at a time.
 */
final class AttentionQueries {
  static final int THREADS = 256;

  private static final int SIDE = 16;
  private static final int SLICE = 32;
  private static final int PITCH = SLICE + 1;
  private static final int COLS = 64;
  private static final int EDGE = SIDE + 1;

  private AttentionQueries() {}

  static void onDevice(KernelContext c, FloatArray f, IntArray i, IntArray n, FloatArray s) {
    float[] queriesHere = c.allocateFloatLocalArray(SIDE * PITCH);
    float[] gradientsHere = c.allocateFloatLocalArray(SIDE * PITCH);
    float[] keysHere = c.allocateFloatLocalArray(SIDE * PITCH);
    float[] valuesHere = c.allocateFloatLocalArray(SIDE * PITCH);
    float[] slopes = c.allocateFloatLocalArray(SIDE * EDGE);
    float[] right = c.allocateFloatLocalArray(SIDE * COLS);
    float[] out = new float[4];
    int t = c.localIdx;
    int tx = t % SIDE;
    int ty = t / SIDE;
    int heads = n.get(5);
    int kvHeads = n.get(6);
    int queries = n.get(7);
    int keys = n.get(8);
    int dim = n.get(9);
    int causal = n.get(10);
    int queryStride = n.get(11);
    int keyStride = n.get(12);
    int group = heads / kvHeads;
    int shift = causal == 1 ? keys - queries + 1 : keys;
    int col0 = c.groupIdz * COLS;
    int batch = c.groupIdy / heads;
    int head = c.groupIdy % heads;
    int query0 = c.groupIdx * SIDE;
    int q = batch * heads * queries * dim + head * n.get(13);
    int k = batch * kvHeads * keys * dim + head / group * n.get(14);
    int last = Math.min(queries, query0 + SIDE) - 1;
    int end = causal == 1 ? last + shift : keys;
    for (int e = 0; e < 4; e++) {
      out[e] = 0f;
    }
    for (int key0 = 0; key0 < end; key0 += SIDE) {
      float score = 0f;
      float dp = 0f;
      for (int d0 = 0; d0 < dim; d0 += SLICE) {
        for (int u = 0; u < 2; u++) {
          int r = (t + u * THREADS) / SLICE;
          int d = (t + u * THREADS) % SLICE;
          float qv = 0f;
          float gv = 0f;
          if (query0 + r < queries && d0 + d < dim) {
            int at = q + (query0 + r) * queryStride + d0 + d;
            qv = f.get(n.get(0) + at);
            gv = f.get(n.get(3) + at);
          }
          queriesHere[r * PITCH + d] = qv;
          gradientsHere[r * PITCH + d] = gv;
          float kv = 0f;
          float vv = 0f;
          if (key0 + r < keys && d0 + d < dim) {
            int at = k + (key0 + r) * keyStride + d0 + d;
            kv = f.get(n.get(1) + at);
            vv = f.get(n.get(2) + at);
          }
          keysHere[r * PITCH + d] = kv;
          valuesHere[r * PITCH + d] = vv;
        }
        c.localBarrier();
        for (int d = 0; d < SLICE; d++) {
          score = queriesHere[ty * PITCH + d] * keysHere[tx * PITCH + d] + score;
          dp = gradientsHere[ty * PITCH + d] * valuesHere[tx * PITCH + d] + dp;
        }
        c.localBarrier();
      }
      int row = query0 + ty;
      int visible = causal == 1 ? row + shift : keys;
      float p = 0f;
      float ds = 0f;
      if (row < queries && key0 + tx < visible) {
        int at = (batch * heads + head) * queries + row;
        p = TornadoMath.exp(score * s.get(0) - f.get(n.get(4) + at));
        ds = p * (dp - f.get(n.get(15) + at)) * s.get(0);
      }
      slopes[ty * EDGE + tx] = ds;
      for (int u = 0; u < 4; u++) {
        int r = (t + u * THREADS) / COLS;
        int d = (t + u * THREADS) % COLS;
        float v = 0f;
        if (key0 + r < keys && col0 + d < dim) {
          v = f.get(n.get(1) + k + (key0 + r) * keyStride + col0 + d);
        }
        right[r * COLS + d] = v;
      }
      c.localBarrier();
      for (int key = 0; key < SIDE; key++) {
        for (int e = 0; e < 4; e++) {
          out[e] = slopes[ty * EDGE + key] * right[key * COLS + tx + e * SIDE] + out[e];
        }
      }
      c.localBarrier();
    }
    for (int e = 0; e < 4; e++) {
      int d = col0 + tx + e * SIDE;
      if (query0 + ty < queries && d < dim) {
        f.set(n.get(16) + q + (query0 + ty) * queryStride + d, out[e]);
      }
    }
  }

  static Launch launch(int[] places, AttentionShape shape) {
    return new Launch(
        Program.ATTENTION_QUERIES,
        Math.ceilDiv(shape.queries(), SIDE),
        shape.batch() * shape.heads(),
        Math.ceilDiv(shape.headDim(), COLS),
        places,
        shape.scale());
  }
}
