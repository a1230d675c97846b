package io.tritter.kernel;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Attention of a few queries on many keys, as in generation: bound by reading k and v, which it
 * does once for all rows (queries of the heads that share a key head), where they are.
 *
 * <p>A task is a run of {@link #SPLIT} keys of one head. What it finds, a maximum, a sum and an
 * output per row, is merged with that of the other runs in their order, so no result depends on the
 * threads (Dao et al., Flash-Decoding, 2023).
 */
final class AttentionDecode {
  /** Keys of a task. */
  private static final int SPLIT = 512;

  /** Keys at a time: their scores stay in the first cache. */
  private static final int KEYS = 64;

  /** Rows at a time: accumulators of a dot product, half of those of a weighted sum. */
  private static final int QUAD = 4;

  private static final float MASKED = -1e30f;

  private static final VectorSpecies<Float> F = FloatVector.SPECIES_PREFERRED;
  private static final int L = F.length();

  private static final Workspace PARTIAL = new Workspace();

  private final MemorySegment q;
  private final MemorySegment k;
  private final MemorySegment v;
  private final MemorySegment out;
  private final MemorySegment logSumExp;
  private final AttentionShape shape;
  private final int dim;
  private final int rows;
  private final int rowsPadded;
  private final int splits;

  /** Numbers of a row in the results of a task: its output, padded, then its maximum and sum. */
  private final int stride;

  private final float[] partial;

  private AttentionDecode(
      MemorySegment q,
      MemorySegment k,
      MemorySegment v,
      MemorySegment out,
      MemorySegment logSumExp,
      AttentionShape shape) {
    this.q = q;
    this.k = k;
    this.v = v;
    this.out = out;
    this.logSumExp = logSumExp;
    this.shape = shape;
    this.dim = shape.headDim();
    this.rows = shape.group() * shape.queries();
    this.rowsPadded = Math.ceilDiv(rows, QUAD) * QUAD;
    this.splits = Math.ceilDiv(shape.keys(), SPLIT);
    this.stride = Math.ceilDiv(dim + 2, L) * L;
    this.partial = PARTIAL.floats(Math.multiplyExact(units() * splits, rowsPadded * stride));
  }

  /** So few queries leave most lanes of {@link AttentionForward} empty. */
  static boolean suits(AttentionShape shape) {
    return shape.queries() * 4 <= Tile.PANEL;
  }

  static void run(
      MemorySegment q,
      MemorySegment k,
      MemorySegment v,
      MemorySegment out,
      MemorySegment logSumExp,
      AttentionShape shape) {
    AttentionDecode decode = new AttentionDecode(q, k, v, out, logSumExp, shape);
    Workers.run(decode.units() * decode.splits, decode::task);
    for (int unit = 0; unit < decode.units(); unit++) {
      for (int row = 0; row < decode.rows; row++) {
        decode.merge(unit, row);
      }
    }
  }

  private int units() {
    return shape.batch() * shape.kvHeads();
  }

  private int head(int unit, int row) {
    return unit % shape.kvHeads() * shape.group() + row / shape.queries();
  }

  private long queryRow(int unit, int row) {
    return shape.queryOffset(unit / shape.kvHeads(), head(unit, row))
        + (long) (row % shape.queries()) * shape.queryStride();
  }

  private void task(int task) {
    int unit = task / splits;
    int first = task % splits * SPLIT;
    int results = task * rowsPadded * stride;
    Work work = Work.ofThread(rowsPadded, stride);
    for (int row = 0; row < rows; row++) {
      int at = row * stride;
      loadQuery(queryRow(unit, row), work.queries, at);
      Arrays.fill(partial, results + at, results + at + stride, 0);
      partial[results + at + dim] = MASKED;
    }
    long keys = shape.keyOffset(unit / shape.kvHeads(), unit % shape.kvHeads());
    for (int k0 = first; k0 < Math.min(first + SPLIT, shape.keys()); k0 += KEYS) {
      int count = Math.min(Math.min(KEYS, first + SPLIT - k0), shape.keys() - k0);
      keys(keys + (long) k0 * shape.keyStride(), k0, count, results, work);
    }
  }

  private void keys(long from, int k0, int count, int results, Work work) {
    loadRests(k, from, count, work.keyRests);
    loadRests(v, from, count, work.valueRests);
    for (int row = 0; row < rowsPadded; row += QUAD) {
      for (int j = 0; j < count; j++) {
        long key = from + (long) j * shape.keyStride();
        dots(
            k,
            key,
            dim,
            work.keyRests,
            j * L,
            work.queries,
            row * stride,
            stride,
            work.lanes,
            j * QUAD * L);
      }
      for (int r = row; r < Math.min(row + QUAD, rows); r++) {
        int seen = Math.clamp(shape.visible(r % shape.queries()) - k0, 0, count);
        reduce(work.lanes, (r - row) * L, seen, work.weights, r * KEYS);
        Arrays.fill(work.weights, r * KEYS + seen, (r + 1) * KEYS, MASKED);
        softmax(r, results + r * stride, work.weights);
      }
      weigh(from, count, row, results, work);
    }
  }

  /** Scores of a row become weights; its output is scaled when the maximum grew. */
  private void softmax(int r, int at, float[] weights) {
    int from = r * KEYS;
    float old = partial[at + dim];
    float max = old;
    for (int j = from; j < from + KEYS; j++) {
      max = weights[j] > max ? weights[j] : max;
    }
    float sum = exp(weights, from, max);
    if (max > old) {
      float factor = (float) Math.pow(2, old - max);
      for (int d = 0; d < dim; d++) {
        partial[at + d] *= factor;
      }
      partial[at + dim] = max;
      partial[at + dim + 1] *= factor;
    }
    partial[at + dim + 1] += sum;
  }

  private void weigh(long from, int count, int row, int results, Work work) {
    int at = results + row * stride;
    int d = 0;
    for (; d < dim - 2 * L + 1; d += 2 * L) {
      weighPanel(
          v, from + d, shape.keyStride(), count, work.weights, row * KEYS, partial, at + d, stride);
    }
    for (int r = 0; d < F.loopBound(dim) && r < QUAD; r++) {
      int weights = (row + r) * KEYS;
      weighVector(
          v,
          from + d,
          shape.keyStride(),
          count,
          work.weights,
          weights,
          partial,
          at + r * stride + d);
    }
    int rest = at + F.loopBound(dim);
    for (int r = 0; rest < at + dim && r < QUAD; r++) {
      weighRest(work.valueRests, count, work.weights, (row + r) * KEYS, partial, rest + r * stride);
    }
  }

  private void merge(int unit, int row) {
    int first = (unit * splits * rowsPadded + row) * stride;
    int step = rowsPadded * stride;
    double max = Double.NEGATIVE_INFINITY;
    for (int s = 0; s < splits; s++) {
      max = Math.max(max, partial[first + s * step + dim]);
    }
    double sum = 0;
    for (int s = 0; s < splits; s++) {
      int at = first + s * step;
      float factor = (float) Math.pow(2, partial[at + dim] - max);
      sum += (double) factor * partial[at + dim + 1];
      for (int d = 0; d < dim; d++) {
        partial[first + d] = factor * partial[at + d] + (s == 0 ? 0 : partial[first + d]);
      }
    }
    long to = queryRow(unit, row);
    for (int d = 0; d < dim; d++) {
      Native.set(out, to + d, (float) (partial[first + d] / sum));
    }
    long head = (long) unit / shape.kvHeads() * shape.heads() + head(unit, row);
    Native.set(
        logSumExp,
        head * shape.queries() + row % shape.queries(),
        (float) (max * AttentionForward.LN_2 + Math.log(sum)));
  }

  /** Loads a row of q; what is left of it meets the lanes that a key does not fill. */
  private void loadQuery(long from, float[] to, int at) {
    for (int i = 0; i < dim; i++) {
      to[at + i] = Native.get(q, from + i) * shape.scale() * AttentionForward.LOG2_E;
    }
    Arrays.fill(to, at + dim, at + stride, 0);
  }

  /**
   * Copies what no whole vector of a row holds, with zeros behind it. A masked load would do, but
   * at the end of a segment it leaves masks on the heap.
   */
  private void loadRests(MemorySegment s, long from, int count, float[] to) {
    int bound = F.loopBound(dim);
    for (int j = 0; bound < dim && j < count; j++) {
      long row = from + (long) j * shape.keyStride() + bound;
      for (int i = 0; i < L; i++) {
        to[j * L + i] = i < dim - bound ? Native.get(s, row + i) : 0;
      }
    }
  }

  /** Four dot products with one key, lane by lane. */
  private static void dots(
      MemorySegment k,
      long key,
      int dim,
      float[] rests,
      int rest,
      float[] q,
      int at,
      int stride,
      float[] lanes,
      int to) {
    FloatVector s0 = FloatVector.zero(F);
    FloatVector s1 = s0;
    FloatVector s2 = s0;
    FloatVector s3 = s0;
    int bound = F.loopBound(dim);
    for (int d = 0; d < bound; d += L) {
      FloatVector x = FloatVector.fromMemorySegment(F, k, (key + d) << 2, Native.ORDER);
      s0 = x.fma(FloatVector.fromArray(F, q, at + d), s0);
      s1 = x.fma(FloatVector.fromArray(F, q, at + stride + d), s1);
      s2 = x.fma(FloatVector.fromArray(F, q, at + 2 * stride + d), s2);
      s3 = x.fma(FloatVector.fromArray(F, q, at + 3 * stride + d), s3);
    }
    if (bound < dim) {
      FloatVector x = FloatVector.fromArray(F, rests, rest);
      s0 = x.fma(FloatVector.fromArray(F, q, at + bound), s0);
      s1 = x.fma(FloatVector.fromArray(F, q, at + stride + bound), s1);
      s2 = x.fma(FloatVector.fromArray(F, q, at + 2 * stride + bound), s2);
      s3 = x.fma(FloatVector.fromArray(F, q, at + 3 * stride + bound), s3);
    }
    s0.intoArray(lanes, to);
    s1.intoArray(lanes, to + L);
    s2.intoArray(lanes, to + 2 * L);
    s3.intoArray(lanes, to + 3 * L);
  }

  private static void reduce(float[] lanes, int at, int n, float[] scores, int to) {
    for (int j = 0; j < n; j++) {
      scores[to + j] = Lanes.sum(FloatVector.fromArray(F, lanes, at + j * QUAD * L));
    }
  }

  private static float exp(float[] weights, int from, float max) {
    FloatVector sum = FloatVector.zero(F);
    for (int j = from; j < from + KEYS; j += L) {
      FloatVector e = Exp.Simd.base2(FloatVector.fromArray(F, weights, j).sub(max));
      e.intoArray(weights, j);
      sum = sum.add(e);
    }
    return Lanes.sum(sum);
  }

  /** {@code out += weights v} for four rows and two vectors of columns. */
  private static void weighPanel(
      MemorySegment v,
      long from,
      int keyStride,
      int count,
      float[] weights,
      int at,
      float[] out,
      int to,
      int stride) {
    FloatVector c00 = FloatVector.fromArray(F, out, to);
    FloatVector c01 = FloatVector.fromArray(F, out, to + L);
    FloatVector c10 = FloatVector.fromArray(F, out, to + stride);
    FloatVector c11 = FloatVector.fromArray(F, out, to + stride + L);
    FloatVector c20 = FloatVector.fromArray(F, out, to + 2 * stride);
    FloatVector c21 = FloatVector.fromArray(F, out, to + 2 * stride + L);
    FloatVector c30 = FloatVector.fromArray(F, out, to + 3 * stride);
    FloatVector c31 = FloatVector.fromArray(F, out, to + 3 * stride + L);
    for (int j = 0; j < count; j++) {
      long value = (from + (long) j * keyStride) << 2;
      FloatVector v0 = FloatVector.fromMemorySegment(F, v, value, Native.ORDER);
      FloatVector v1 = FloatVector.fromMemorySegment(F, v, value + 4L * L, Native.ORDER);
      FloatVector w = FloatVector.broadcast(F, weights[at + j]);
      c00 = w.fma(v0, c00);
      c01 = w.fma(v1, c01);
      w = FloatVector.broadcast(F, weights[at + KEYS + j]);
      c10 = w.fma(v0, c10);
      c11 = w.fma(v1, c11);
      w = FloatVector.broadcast(F, weights[at + 2 * KEYS + j]);
      c20 = w.fma(v0, c20);
      c21 = w.fma(v1, c21);
      w = FloatVector.broadcast(F, weights[at + 3 * KEYS + j]);
      c30 = w.fma(v0, c30);
      c31 = w.fma(v1, c31);
    }
    c00.intoArray(out, to);
    c01.intoArray(out, to + L);
    c10.intoArray(out, to + stride);
    c11.intoArray(out, to + stride + L);
    c20.intoArray(out, to + 2 * stride);
    c21.intoArray(out, to + 2 * stride + L);
    c30.intoArray(out, to + 3 * stride);
    c31.intoArray(out, to + 3 * stride + L);
  }

  /** {@code out += weights v} for one row and one vector of columns. */
  private static void weighVector(
      MemorySegment v,
      long from,
      int keyStride,
      int count,
      float[] weights,
      int at,
      float[] out,
      int to) {
    FloatVector c = FloatVector.fromArray(F, out, to);
    for (int j = 0; j < count; j++) {
      long value = (from + (long) j * keyStride) << 2;
      FloatVector x = FloatVector.fromMemorySegment(F, v, value, Native.ORDER);
      c = x.fma(FloatVector.broadcast(F, weights[at + j]), c);
    }
    c.intoArray(out, to);
  }

  /** {@link #weighVector} for the last columns; what lies behind them in {@code out} stays. */
  private static void weighRest(
      float[] rests, int count, float[] weights, int at, float[] out, int to) {
    FloatVector c = FloatVector.fromArray(F, out, to);
    for (int j = 0; j < count; j++) {
      FloatVector x = FloatVector.fromArray(F, rests, j * L);
      c = x.fma(FloatVector.broadcast(F, weights[at + j]), c);
    }
    c.intoArray(out, to);
  }

  /** Working memory of a thread, kept. */
  private static final class Work {
    private static final ThreadLocal<Work> OF_THREAD = ThreadLocal.withInitial(Work::new);

    /** Sums of four rows by the keys at hand, a vector each. */
    final float[] lanes = new float[KEYS * QUAD * L];

    /** A vector for each of the keys at hand: see {@link #loadRests}. */
    final float[] keyRests = new float[KEYS * L];

    final float[] valueRests = new float[KEYS * L];

    /** Rows of {@link #KEYS}. */
    float[] weights = {};

    float[] queries = {};

    static Work ofThread(int rows, int stride) {
      Work work = OF_THREAD.get();
      work.weights = Workspace.grown(work.weights, rows * KEYS);
      work.queries = Workspace.grown(work.queries, rows * stride);
      return work;
    }
  }
}
