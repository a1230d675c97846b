package io.tritter.tornado;

import io.tritter.kernel.AttentionShape;
import io.tritter.kernel.Kernels;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * {@link Kernels#attentionBackward} in three launches: {@code delta = sum(dout out)} of each row, a
 * thread a row, then {@link AttentionQueries} and {@link AttentionKeys}.
 */
final class AttentionBackward {
  static final int THREADS = 64;

  private AttentionBackward() {}

  static void onDevice(KernelContext c, FloatArray f, IntArray i, IntArray n, FloatArray s) {
    int heads = n.get(5);
    int queries = n.get(7);
    int dim = n.get(9);
    if (c.globalIdx < n.get(19)) {
      int head = c.globalIdx / queries;
      int base = head / heads * heads * queries * dim + head % heads * n.get(13);
      int row = base + c.globalIdx % queries * n.get(11);
      float sum = 0f;
      for (int d = 0; d < dim; d++) {
        sum = f.get(n.get(3) + row + d) * f.get(n.get(20) + row + d) + sum;
      }
      f.set(n.get(15) + c.globalIdx, sum);
    }
  }

  /**
   * The three launches.
   *
   * @param q like k, v, out, logSumExp and dout where they are
   * @param dq like dk and dv room for a gradient
   * @param deltas room for a number a row
   */
  static List<Launch> launches(
      int q,
      int k,
      int v,
      int out,
      int logSumExp,
      int dout,
      int dq,
      int dk,
      int dv,
      int deltas,
      AttentionShape shape) {
    int rows = Math.toIntExact(shape.queryElements() / shape.headDim());
    int[] n = Arrays.copyOf(Attention.places(shape, q, k, v, dout, logSumExp), 21);
    n[15] = deltas;
    n[16] = dq;
    n[17] = dk;
    n[18] = dv;
    n[19] = rows;
    n[20] = out;
    return List.of(
        Launch.each(Program.ATTENTION_DELTAS, rows, n),
        AttentionQueries.launch(n, shape),
        AttentionKeys.launch(n, shape));
  }

  static void run(
      Device device,
      MemorySegment q,
      MemorySegment k,
      MemorySegment v,
      MemorySegment out,
      MemorySegment logSumExp,
      MemorySegment dout,
      MemorySegment dq,
      MemorySegment dk,
      MemorySegment dv,
      AttentionShape shape) {
    Attention.check(q, k, v, out, logSumExp, shape);
    long queries = shape.queryElements();
    long keys = shape.keyElements();
    Memory.check("dout", dout, queries);
    Memory.check("dq", dq, queries);
    Memory.check("dk", dk, keys);
    Memory.check("dv", dv, keys);
    int rows = Math.toIntExact(queries / shape.headDim());
    try (Scratch m = device.scratch()) {
      int ofQ = m.floats(queries);
      int ofK = m.floats(keys);
      int ofV = m.floats(keys);
      launches(
              m.write(q, queries),
              m.write(k, keys),
              m.write(v, keys),
              m.write(out, queries),
              m.write(logSumExp, rows),
              m.write(dout, queries),
              ofQ,
              ofK,
              ofV,
              m.floats(rows),
              shape)
          .forEach(m::run);
      m.read(ofQ, dq, queries);
      m.read(ofK, dk, keys);
      m.read(ofV, dv, keys);
    }
  }
}
