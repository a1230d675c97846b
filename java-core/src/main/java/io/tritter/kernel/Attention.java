package io.tritter.kernel;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * {@link Kernels#attention}. With probabilities p and {@code delta = sum(dout * out)} of a row,
 * {@code dv = p^T dout}, {@code ds = p * (dout v^T - delta)}, {@code dq = scale * ds k}, {@code dk
 * = scale * ds^T q}.
 */
final class Attention {
  private Attention() {}

  static void run(
      MemorySegment q,
      MemorySegment k,
      MemorySegment v,
      MemorySegment out,
      MemorySegment logSumExp,
      AttentionShape shape) {
    check(q, k, v, out, logSumExp, shape);
    double[] p = new double[shape.keys()];
    for (Row row = new Row(shape); row.next(); ) {
      double max = Double.NEGATIVE_INFINITY;
      for (int j = 0; j < row.visible; j++) {
        p[j] = dot(q, row.query, k, row.key(j), shape.headDim()) * shape.scale();
        max = Math.max(max, p[j]);
      }
      double sum = 0;
      for (int j = 0; j < row.visible; j++) {
        p[j] = Math.exp(p[j] - max);
        sum += p[j];
      }
      for (int d = 0; d < shape.headDim(); d++) {
        double o = 0;
        for (int j = 0; j < row.visible; j++) {
          o += p[j] * Native.get(v, row.key(j) + d);
        }
        Native.set(out, row.query + d, (float) (o / sum));
      }
      Native.set(logSumExp, row.index, (float) (max + Math.log(sum)));
    }
  }

  static void backward(
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
    checkBackward(q, k, v, out, logSumExp, dout, dq, dk, dv, shape);
    int dim = shape.headDim();
    double[] dks = new double[Math.toIntExact(shape.keyElements())];
    double[] dvs = new double[dks.length];
    double[] dqs = new double[dim];
    for (Row row = new Row(shape); row.next(); ) {
      Arrays.fill(dqs, 0);
      double delta = dot(dout, row.query, out, row.query, dim);
      for (int j = 0; j < row.visible; j++) {
        int key = (int) row.key(j);
        double score = dot(q, row.query, k, key, dim) * shape.scale();
        double p = Math.exp(score - Native.get(logSumExp, row.index));
        double ds = p * (dot(dout, row.query, v, key, dim) - delta) * shape.scale();
        for (int d = 0; d < dim; d++) {
          dqs[d] += ds * Native.get(k, key + d);
          dks[key + d] += ds * Native.get(q, row.query + d);
          dvs[key + d] += p * Native.get(dout, row.query + d);
        }
      }
      for (int d = 0; d < dim; d++) {
        Native.set(dq, row.query + d, (float) dqs[d]);
      }
    }
    for (int i = 0; i < dks.length; i++) {
      Native.set(dk, i, (float) dks[i]);
      Native.set(dv, i, (float) dvs[i]);
    }
  }

  private static double dot(MemorySegment a, long i, MemorySegment b, long j, int n) {
    double sum = 0;
    for (int d = 0; d < n; d++) {
      sum += (double) Native.get(a, i + d) * Native.get(b, j + d);
    }
    return sum;
  }

  private static void check(
      MemorySegment q,
      MemorySegment k,
      MemorySegment v,
      MemorySegment out,
      MemorySegment logSumExp,
      AttentionShape shape) {
    Native.check("q", q, shape.queryElements());
    Native.check("k", k, shape.keyElements());
    Native.check("v", v, shape.keyElements());
    Native.check("out", out, shape.queryElements());
    Native.check("logSumExp", logSumExp, shape.queryElements() / shape.headDim());
  }

  private static void checkBackward(
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
    check(q, k, v, out, logSumExp, shape);
    Native.check("dout", dout, shape.queryElements());
    Native.check("dq", dq, shape.queryElements());
    Native.check("dk", dk, shape.keyElements());
    Native.check("dv", dv, shape.keyElements());
  }

  /** Walks over the rows of q: batch, heads, queries. */
  private static final class Row {
    private final AttentionShape shape;
    private long keys;

    /** Index in logSumExp, and of the first element in q; the number of keys that it sees. */
    long index = -1;

    long query;
    int visible;

    Row(AttentionShape shape) {
      this.shape = shape;
    }

    boolean next() {
      index++;
      long head = index / shape.queries();
      int b = (int) (head / shape.heads());
      int h = (int) (head % shape.heads());
      int i = (int) (index % shape.queries());
      if (b == shape.batch()) {
        return false;
      }
      query = shape.queryOffset(b, h) + (long) i * shape.queryStride();
      keys = shape.keyOffset(b, h / (shape.heads() / shape.kvHeads()));
      visible = shape.visible(i);
      return true;
    }

    /** First element of a key that the row may see. */
    long key(int j) {
      return keys + (long) j * shape.keyStride();
    }
  }

  /** On vectors. */
  static final class Simd {
    private Simd() {}

    static void run(
        MemorySegment q,
        MemorySegment k,
        MemorySegment v,
        MemorySegment out,
        MemorySegment logSumExp,
        AttentionShape shape) {
      check(q, k, v, out, logSumExp, shape);
      if (AttentionDecode.suits(shape)) {
        AttentionDecode.run(q, k, v, out, logSumExp, shape);
      } else {
        AttentionForward.run(q, k, v, out, logSumExp, shape);
      }
    }

    static void backward(
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
      checkBackward(q, k, v, out, logSumExp, dout, dq, dk, dv, shape);
      AttentionBackward.run(
          new AttentionBackward.Arguments(q, k, v, out, logSumExp, dout, dq, dk, dv, shape));
    }
  }
}
