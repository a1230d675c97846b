package io.tritter.tornado;

import io.tritter.kernel.AttentionShape;
import io.tritter.kernel.Kernels;
import java.lang.foreign.MemorySegment;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * {@link Kernels#attention} with an online softmax (Dao et al., 2022; Milakov and Gimelshein,
 * 2018).
 *
 * <p>A group has 64 queries of a head and 64 columns of its output, and goes over the keys 32 at a
 * time: scores in slices of 32 columns, then the softmax of what is there so far, then the product
 * with the values, all in local memory (30 KiB). A head of more than 64 columns is several groups,
 * each of which computes the scores; so any head dimension will do.
 */
final class Attention {
  static final int THREADS = 256;

  private static final int QUERIES = 64;
  private static final int KEYS = 32;
  private static final int SLICE = 32;
  private static final int PITCH = SLICE + 1;
  private static final int COLS = 64;
  private static final int SIDE = 16;
  private static final int PARTS = 4;
  private static final int PART_KEYS = KEYS / PARTS;

  /** Below every score, and no infinity, whose differences are none. */
  private static final float LOWEST = -3e38f;

  private Attention() {}

  static void onDevice(KernelContext c, FloatArray f, IntArray i, IntArray n, FloatArray s) {
    float[] queriesHere = c.allocateFloatLocalArray(QUERIES * PITCH);
    float[] keysHere = c.allocateFloatLocalArray(KEYS * PITCH);
    float[] valuesHere = c.allocateFloatLocalArray(KEYS * COLS);
    float[] p = c.allocateFloatLocalArray(QUERIES * PITCH);
    float[] maxima = c.allocateFloatLocalArray(THREADS);
    float[] sums = c.allocateFloatLocalArray(THREADS);
    float[] rowMax = c.allocateFloatLocalArray(QUERIES);
    float[] rowSum = c.allocateFloatLocalArray(QUERIES);
    float[] rowScale = c.allocateFloatLocalArray(QUERIES);
    float[] scores = new float[8];
    float[] out = new float[16];
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
    int batch = c.groupIdy / heads;
    int head = c.groupIdy % heads;
    int kvHead = head / (heads / kvHeads);
    int query0 = c.groupIdx * QUERIES;
    int col0 = c.groupIdz * COLS;
    int q = batch * heads * queries * dim + head * n.get(13);
    int k = batch * kvHeads * keys * dim + kvHead * n.get(14);
    int shift = causal == 1 ? keys - queries + 1 : keys;
    int last = Math.min(queries, query0 + QUERIES) - 1;
    int end = causal == 1 ? last + shift : keys;
    if (t < QUERIES) {
      rowMax[t] = LOWEST;
      rowSum[t] = 0f;
    }
    for (int e = 0; e < 16; e++) {
      out[e] = 0f;
    }
    for (int key0 = 0; key0 < end; key0 += KEYS) {
      for (int e = 0; e < 8; e++) {
        scores[e] = 0f;
      }
      for (int d0 = 0; d0 < dim; d0 += SLICE) {
        for (int u = 0; u < 8; u++) {
          int r = (t + u * THREADS) / SLICE;
          int d = (t + u * THREADS) % SLICE;
          float v = 0f;
          if (query0 + r < queries && d0 + d < dim) {
            v = f.get(n.get(0) + q + (query0 + r) * queryStride + d0 + d);
          }
          queriesHere[r * PITCH + d] = v;
        }
        for (int u = 0; u < 4; u++) {
          int r = (t + u * THREADS) / SLICE;
          int d = (t + u * THREADS) % SLICE;
          float v = 0f;
          if (key0 + r < end && d0 + d < dim) {
            v = f.get(n.get(1) + k + (key0 + r) * keyStride + d0 + d);
          }
          keysHere[r * PITCH + d] = v;
        }
        c.localBarrier();
        for (int d = 0; d < SLICE; d++) {
          for (int e = 0; e < 8; e++) {
            float a = queriesHere[(ty + e / 2 * SIDE) * PITCH + d];
            scores[e] = a * keysHere[(tx + e % 2 * SIDE) * PITCH + d] + scores[e];
          }
        }
        c.localBarrier();
      }
      for (int e = 0; e < 8; e++) {
        int row = ty + e / 2 * SIDE;
        int key = tx + e % 2 * SIDE;
        int visible = causal == 1 ? query0 + row + shift : keys;
        p[row * PITCH + key] = key0 + key < visible ? scores[e] * s.get(0) : LOWEST;
      }
      for (int u = 0; u < 8; u++) {
        int r = (t + u * THREADS) / COLS;
        int d = (t + u * THREADS) % COLS;
        float v = 0f;
        if (key0 + r < end && col0 + d < dim) {
          v = f.get(n.get(2) + k + (key0 + r) * keyStride + col0 + d);
        }
        valuesHere[r * COLS + d] = v;
      }
      c.localBarrier();
      int row = t / PARTS;
      int first = row * PITCH + t % PARTS * PART_KEYS;
      float max = LOWEST;
      for (int e = 0; e < PART_KEYS; e++) {
        max = TornadoMath.max(max, p[first + e]);
      }
      maxima[t] = max;
      c.localBarrier();
      float before = rowMax[row];
      max = before;
      for (int e = 0; e < PARTS; e++) {
        max = TornadoMath.max(max, maxima[row * PARTS + e]);
      }
      float sum = 0f;
      for (int e = 0; e < PART_KEYS; e++) {
        float x = TornadoMath.exp(p[first + e] - max);
        p[first + e] = x;
        sum += x;
      }
      sums[t] = sum;
      c.localBarrier();
      if (t % PARTS == 0) {
        float scale = TornadoMath.exp(before - max);
        rowScale[row] = scale;
        rowMax[row] = max;
        rowSum[row] = rowSum[row] * scale + (sums[t] + sums[t + 1] + sums[t + 2] + sums[t + 3]);
      }
      c.localBarrier();
      for (int e = 0; e < 16; e++) {
        out[e] = out[e] * rowScale[ty + e / 4 * SIDE];
      }
      for (int key = 0; key < KEYS; key++) {
        for (int e = 0; e < 16; e++) {
          float a = p[(ty + e / 4 * SIDE) * PITCH + key];
          out[e] = a * valuesHere[key * COLS + tx + e % 4 * SIDE] + out[e];
        }
      }
      c.localBarrier();
    }
    for (int e = 0; e < 16; e++) {
      int r = ty + e / 4 * SIDE;
      int d = col0 + tx + e % 4 * SIDE;
      if (query0 + r < queries && d < dim) {
        f.set(n.get(3) + q + (query0 + r) * queryStride + d, out[e] / rowSum[r]);
      }
    }
    if (c.groupIdz == 0 && t < QUERIES && query0 + t < queries) {
      float sum = TornadoMath.log(rowSum[t]);
      f.set(n.get(4) + c.groupIdy * queries + query0 + t, rowMax[t] + sum);
    }
  }

  /** The part of {@link Launch#n} that says where heads and rows are: from element 5 on. */
  static int[] places(AttentionShape shape, int... memory) {
    int[] n = new int[15];
    System.arraycopy(memory, 0, n, 0, memory.length);
    n[5] = shape.heads();
    n[6] = shape.kvHeads();
    n[7] = shape.queries();
    n[8] = shape.keys();
    n[9] = shape.headDim();
    n[10] = shape.causal() ? 1 : 0;
    n[11] = shape.queryStride();
    n[12] = shape.keyStride();
    n[13] = shape.headDim() * (shape.rowsFirst() ? 1 : shape.queries());
    n[14] = shape.headDim() * (shape.rowsFirst() ? 1 : shape.keys());
    return n;
  }

  static Launch launch(int q, int k, int v, int out, int logSumExp, AttentionShape shape) {
    return new Launch(
        Program.ATTENTION,
        Math.ceilDiv(shape.queries(), QUERIES),
        shape.batch() * shape.heads(),
        Math.ceilDiv(shape.headDim(), COLS),
        places(shape, q, k, v, out, logSumExp),
        shape.scale());
  }

  static void check(
      MemorySegment q,
      MemorySegment k,
      MemorySegment v,
      MemorySegment out,
      MemorySegment logSumExp,
      AttentionShape shape) {
    Memory.check("q", q, shape.queryElements());
    Memory.check("k", k, shape.keyElements());
    Memory.check("v", v, shape.keyElements());
    Memory.check("out", out, shape.queryElements());
    Memory.check("logSumExp", logSumExp, shape.queryElements() / shape.headDim());
  }

  static void run(
      Device device,
      MemorySegment q,
      MemorySegment k,
      MemorySegment v,
      MemorySegment out,
      MemorySegment logSumExp,
      AttentionShape shape) {
    check(q, k, v, out, logSumExp, shape);
    long rows = shape.queryElements() / shape.headDim();
    try (Scratch m = device.scratch()) {
      int result = m.floats(shape.queryElements());
      int sums = m.floats(rows);
      int queries = m.write(q, shape.queryElements());
      int keys = m.write(k, shape.keyElements());
      int values = m.write(v, shape.keyElements());
      m.run(launch(queries, keys, values, result, sums, shape));
      m.read(result, out, shape.queryElements());
      m.read(sums, logSumExp, rows);
    }
  }
}
