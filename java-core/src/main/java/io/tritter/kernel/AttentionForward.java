package io.tritter.kernel;

import static io.tritter.kernel.Tile.AREA;
import static io.tritter.kernel.Tile.SIDE;
import static io.tritter.kernel.TileProduct.BLOCK;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Attention on vectors. A task is some queries of all the heads that share a key head.
 *
 * <p>Keys and values are read in tiles; each tile updates the running maximum, sum and output of
 * every row (online softmax). Scores stand transposed, [keys, queries]: keys and values are then
 * used as they are stored, each lane of a vector is a query, and no maximum or sum goes across
 * lanes. They are in units of log 2, so that the exponential is {@code 2^x}.
 */
final class AttentionForward {
  static final float LOG2_E = (float) (1 / Math.log(2));
  static final double LN_2 = Math.log(2);

  /** A score that weighs nothing; finite, because {@link Exp.Simd#base2} wants it. */
  static final float MASKED = -1e30f;

  /** Rows of one task: enough to pay for the copy of each key tile. */
  private static final int TASK_ROWS = 256;

  private static final VectorSpecies<Float> F = FloatVector.SPECIES_PREFERRED;
  private static final int L = F.length();
  private static final float[] ZEROS = new float[SIDE];

  private final MemorySegment q;
  private final MemorySegment k;
  private final MemorySegment v;
  private final MemorySegment out;
  private final MemorySegment logSumExp;
  private final AttentionShape shape;
  private final int dim;

  /** Numbers in the tiles of 64 rows of a head. */
  private final int area;

  /** Queries of a task, and the row tiles that they take of each head. */
  private final int share;

  private final int tiles;

  private AttentionForward(
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
    this.area = Tile.count(dim) * AREA;
    this.tiles =
        Math.min(Tile.count(shape.queries()), Math.max(1, TASK_ROWS / SIDE / shape.group()));
    this.share = tiles * SIDE;
  }

  static void run(
      MemorySegment q,
      MemorySegment k,
      MemorySegment v,
      MemorySegment out,
      MemorySegment logSumExp,
      AttentionShape shape) {
    AttentionForward forward = new AttentionForward(q, k, v, out, logSumExp, shape);
    int shares = Math.ceilDiv(shape.queries(), forward.share);
    Workers.run(shape.batch() * shape.kvHeads() * shares, forward::task);
  }

  /** The last queries, which see the most keys when causal, come first. */
  private void task(int task) {
    int units = shape.batch() * shape.kvHeads();
    int b = task % units / shape.kvHeads();
    int kvHead = task % units % shape.kvHeads();
    int first = (Math.ceilDiv(shape.queries(), share) - 1 - task / units) * share;
    int end = Math.min(first + share, shape.queries());
    Work work = Work.ofThread(shape.group() * tiles, area);
    for (int row = 0; row < shape.group() * tiles; row++) {
      int query = first + row % tiles * SIDE;
      if (query < end) {
        loadQueries(b, kvHead, row, query, work);
      }
    }
    int visible = shape.visible(end - 1);
    for (int k0 = 0; k0 < visible; k0 += SIDE) {
      int count = Math.min(SIDE, visible - k0);
      long from = shape.keyOffset(b, kvHead) + (long) k0 * shape.keyStride();
      Tile.load(k, from, shape.keyStride(), count, dim, 1, work.keys, 0);
      Tile.load(v, from, shape.keyStride(), count, dim, 1, work.values, 0);
      for (int row = 0; row < shape.group() * tiles; row++) {
        int query = first + row % tiles * SIDE;
        int open = Math.min(count, shape.visible(Math.min(query + SIDE, end) - 1) - k0);
        if (query < end && open > 0) {
          tile(row, query, Math.min(SIDE, end - query), k0, open, work);
        }
      }
    }
    for (int row = 0; row < shape.group() * tiles; row++) {
      int query = first + row % tiles * SIDE;
      if (query < end) {
        finish(b, kvHead, row, query, Math.min(SIDE, end - query), work);
      }
    }
  }

  private long queryRow(int b, int kvHead, int row, int query) {
    int head = kvHead * shape.group() + row / tiles;
    return shape.queryOffset(b, head) + (long) query * shape.queryStride();
  }

  private void loadQueries(int b, int kvHead, int row, int query, Work work) {
    int rows = Math.min(SIDE, shape.queries() - query);
    long from = queryRow(b, kvHead, row, query);
    float factor = shape.scale() * LOG2_E;
    Tile.load(q, from, shape.queryStride(), rows, dim, factor, work.keys, 0);
    Tile.transpose(work.keys, 0, rows, dim, work.scores, work.queries, row * area);
    Arrays.fill(work.maxima, row * SIDE, (row + 1) * SIDE, MASKED);
    Arrays.fill(work.sums, row * SIDE, (row + 1) * SIDE, 0);
  }

  /**
   * Scores, online softmax and weighted values of a tile of queries on a tile of keys.
   *
   * @param open keys that the last query sees
   */
  private void tile(int row, int query, int rows, int k0, int open, Work work) {
    float[] scores = work.scores;
    scores(shape, work.keys, work.queries, row * area, ZEROS, 0, scores, query, rows, k0, open);
    mask(shape, scores, query, rows, k0, open);
    int at = row * SIDE;
    for (int i = 0; i < rows; i += L) {
      int seen = seen(shape, query, rows, i + L, k0, open);
      softmax(scores, i, seen, work.maxima, work.sums, at + i, work.factors);
    }
    boolean start = k0 == 0;
    for (int i = 0; i < rows && !start; i++) {
      if (work.factors[i] != 1) {
        Tile.scaleRow(work.output, row * area, i, dim, work.factors[i]);
      }
    }
    float[] old = start ? ZEROS : work.output;
    for (int i = 0; i < rows; i += BLOCK) {
      int seen = seen(shape, query, rows, i + BLOCK, k0, open);
      for (int t = 0; t < Tile.count(dim); t++) {
        int to = row * area + t * AREA + i * SIDE;
        TileProduct.multiplyTransposed(
            scores,
            i,
            work.values,
            t * AREA,
            old,
            start ? 0 : to,
            start ? 0 : SIDE,
            work.output,
            to,
            BLOCK,
            Tile.width(dim, t),
            seen);
      }
    }
  }

  /**
   * {@code scores[j, i] = start[i] + keys[j] queries[i]} where one of the queries of a panel sees
   * the key.
   *
   * @param keys row by row
   * @param queries transposed
   */
  static void scores(
      AttentionShape shape,
      float[] keys,
      float[] queries,
      int at,
      float[] start,
      int so,
      float[] scores,
      int query,
      int rows,
      int k0,
      int open) {
    for (int i = 0; i < rows; i += Tile.PANEL) {
      int seen = seen(shape, query, rows, i + Tile.PANEL, k0, open);
      for (int t = 0; t < Tile.count(shape.headDim()); t++) {
        TileProduct.multiply(
            keys,
            t * AREA,
            queries,
            at + t * AREA + i,
            t == 0 ? start : scores,
            t == 0 ? so + i : i,
            t == 0 ? 0 : SIDE,
            scores,
            i,
            seen,
            Tile.PANEL,
            Tile.width(shape.headDim(), t));
      }
    }
  }

  /** Keys of a tile that the rows before {@code end} see, at least one of them. */
  static int seen(AttentionShape shape, int query, int rows, int end, int k0, int open) {
    return Math.clamp(shape.visible(query + Math.min(end, rows) - 1) - k0, 0, open);
  }

  /** Scores of queries that do not see the key become {@link #MASKED}, in whole blocks of keys. */
  static void mask(AttentionShape shape, float[] scores, int query, int rows, int k0, int open) {
    for (int j = Math.ceilDiv(open, BLOCK) * BLOCK - 1; j >= 0; j--) {
      int hidden = Math.min(rows, shape.firstQuery(k0 + j) - query);
      if (hidden <= 0) {
        break;
      }
      Arrays.fill(scores, j * SIDE, j * SIDE + hidden, MASKED);
    }
  }

  /**
   * The maxima of L queries grow by {@code n} keys, scores become weights, factors are for what was
   * weighed before. Longer than the 325 bytecodes that C2 inlines, and must stay so: in its
   * caller's compilation it has too many vector operations, and C2 puts the last ones on the heap.
   */
  private static void softmax(
      float[] scores, int i, int n, float[] maxima, float[] sums, int at, float[] factors) {
    FloatVector old = FloatVector.fromArray(F, maxima, at);
    FloatVector m0 = old;
    FloatVector m1 = old;
    FloatVector m2 = old;
    FloatVector m3 = old;
    int j = 0;
    for (; j < n - 3; j += 4) {
      int from = j * SIDE + i;
      FloatVector s0 = FloatVector.fromArray(F, scores, from);
      FloatVector s1 = FloatVector.fromArray(F, scores, from + SIDE);
      FloatVector s2 = FloatVector.fromArray(F, scores, from + 2 * SIDE);
      FloatVector s3 = FloatVector.fromArray(F, scores, from + 3 * SIDE);
      m0 = m0.blend(s0, m0.lt(s0));
      m1 = m1.blend(s1, m1.lt(s1));
      m2 = m2.blend(s2, m2.lt(s2));
      m3 = m3.blend(s3, m3.lt(s3));
    }
    for (; j < n; j++) {
      FloatVector s0 = FloatVector.fromArray(F, scores, j * SIDE + i);
      m0 = m0.blend(s0, m0.lt(s0));
    }
    m0 = m0.blend(m1, m0.lt(m1));
    m2 = m2.blend(m3, m2.lt(m3));
    m0 = m0.blend(m2, m0.lt(m2));
    m0.intoArray(maxima, at);
    FloatVector factor = Exp.Simd.base2(old.sub(m0));
    factor.intoArray(factors, i);
    FloatVector sum = FloatVector.fromArray(F, sums, at).mul(factor);
    for (j = 0; j < n; j++) {
      int from = j * SIDE + i;
      FloatVector e = Exp.Simd.base2(FloatVector.fromArray(F, scores, from).sub(m0));
      e.intoArray(scores, from);
      sum = sum.add(e);
    }
    sum.intoArray(sums, at);
  }

  private void finish(int b, int kvHead, int row, int query, int rows, Work work) {
    long head = (long) b * shape.heads() + (long) kvHead * shape.group() + row / tiles;
    long to = queryRow(b, kvHead, row, query);
    for (int i = 0; i < rows; i++) {
      float sum = work.sums[row * SIDE + i];
      long stride = (long) i * shape.queryStride();
      Tile.storeRow(work.output, row * area, i, dim, 1 / sum, out, to + stride);
      double max = work.maxima[row * SIDE + i];
      Native.set(
          logSumExp, head * shape.queries() + query + i, (float) (max * LN_2 + Math.log(sum)));
    }
  }

  /** Working memory of a thread, kept. */
  private static final class Work {
    private static final ThreadLocal<Work> OF_THREAD = ThreadLocal.withInitial(Work::new);

    /** A tile of keys by a tile of queries, and what the rows' outputs are to be scaled by. */
    final float[] scores = new float[AREA];

    final float[] factors = new float[SIDE];

    /** Per tile of rows. */
    float[] queries = {};

    float[] output = {};
    float[] maxima = {};
    float[] sums = {};

    /** One tile of rows. */
    float[] keys = {};

    float[] values = {};

    static Work ofThread(int tiles, int area) {
      Work work = OF_THREAD.get();
      work.queries = Workspace.grown(work.queries, tiles * area);
      work.output = Workspace.grown(work.output, tiles * area);
      work.maxima = Workspace.grown(work.maxima, tiles * SIDE);
      work.sums = Workspace.grown(work.sums, tiles * SIDE);
      work.keys = Workspace.grown(work.keys, area);
      work.values = Workspace.grown(work.values, area);
      return work;
    }
  }
}
