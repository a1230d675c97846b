package io.tritter.tornado;

import io.tritter.kernel.AttentionShape;
import io.tritter.kernel.Kernels;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * The gradients of keys and values in {@link Kernels#attentionBackward}: {@code dk = ds^T q},
 * {@code dv = p^T dout}. A group has 16 keys and 64 columns of their gradients, and goes over all
 * queries of all heads that share the keys.
 */
final class AttentionKeys {
  static final int THREADS = 256;

  private static final int SIDE = 16;
  private static final int SLICE = 32;
  private static final int PITCH = SLICE + 1;
  private static final int COLS = 64;
  private static final int EDGE = SIDE + 1;

  private AttentionKeys() {}

  static void onDevice(KernelContext c, FloatArray f, IntArray i, IntArray n, FloatArray s) {
    float[] queriesHere = c.allocateFloatLocalArray(SIDE * PITCH);
    float[] gradientsHere = c.allocateFloatLocalArray(SIDE * PITCH);
    float[] keysHere = c.allocateFloatLocalArray(SIDE * PITCH);
    float[] valuesHere = c.allocateFloatLocalArray(SIDE * PITCH);
    float[] weights = c.allocateFloatLocalArray(SIDE * EDGE);
    float[] slopes = c.allocateFloatLocalArray(SIDE * EDGE);
    float[] rightQueries = c.allocateFloatLocalArray(SIDE * COLS);
    float[] rightGradients = c.allocateFloatLocalArray(SIDE * COLS);
    float[] dk = new float[4];
    float[] dv = new float[4];
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
    int batch = c.groupIdy / kvHeads;
    int kvHead = c.groupIdy % kvHeads;
    int key0 = c.groupIdx * SIDE;
    int k = batch * kvHeads * keys * dim + kvHead * n.get(14);
    // The first query that sees the first key, at the beginning of a tile.
    int first = causal == 1 ? Math.max(0, key0 - (keys - queries)) / SIDE * SIDE : 0;
    for (int e = 0; e < 4; e++) {
      dk[e] = 0f;
      dv[e] = 0f;
    }
    int tiles = (queries - first + SIDE - 1) / SIDE;
    for (int tile = 0; tile < group * tiles; tile++) {
      int head = kvHead * group + tile / tiles;
      int query0 = first + tile % tiles * SIDE;
      int q = batch * heads * queries * dim + head * n.get(13);
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
      weights[ty * EDGE + tx] = p;
      slopes[ty * EDGE + tx] = ds;
      for (int u = 0; u < 4; u++) {
        int r = (t + u * THREADS) / COLS;
        int d = (t + u * THREADS) % COLS;
        float qv = 0f;
        float gv = 0f;
        if (query0 + r < queries && col0 + d < dim) {
          int at = q + (query0 + r) * queryStride + col0 + d;
          qv = f.get(n.get(0) + at);
          gv = f.get(n.get(3) + at);
        }
        rightQueries[r * COLS + d] = qv;
        rightGradients[r * COLS + d] = gv;
      }
      c.localBarrier();
      for (int r = 0; r < SIDE; r++) {
        for (int e = 0; e < 4; e++) {
          int at = r * COLS + tx + e * SIDE;
          dk[e] = slopes[r * EDGE + ty] * rightQueries[at] + dk[e];
          dv[e] = weights[r * EDGE + ty] * rightGradients[at] + dv[e];
        }
      }
      c.localBarrier();
    }
    for (int e = 0; e < 4; e++) {
      int d = col0 + tx + e * SIDE;
      if (key0 + ty < keys && d < dim) {
        f.set(n.get(17) + k + (key0 + ty) * keyStride + d, dk[e]);
        f.set(n.get(18) + k + (key0 + ty) * keyStride + d, dv[e]);
      }
    }
  }

  static Launch launch(int[] places, AttentionShape shape) {
    return new Launch(
        Program.ATTENTION_KEYS,
        Math.ceilDiv(shape.keys(), SIDE),
        shape.batch() * shape.kvHeads(),
        Math.ceilDiv(shape.headDim(), COLS),
        places,
        shape.scale());
  }
}
