package io.tritter.kernel;

import static io.tritter.kernel.AttentionForward.LN_2;
import static io.tritter.kernel.AttentionForward.LOG2_E;
import static io.tritter.kernel.Tile.AREA;
import static io.tritter.kernel.Tile.SIDE;
import static io.tritter.kernel.TileProduct.BLOCK;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Backward pass of attention on vectors. A task is every {@code parts}-th row tile of the query
 * heads that share a key head, against all keys.
 *
 * <p>A task owns the dq of its rows. The dk and dv of several parts are added in the order of the
 * parts, whose number depends on the shape alone, so no result depends on the threads. Scores stand
 * transposed, as in {@link AttentionForward}; minus log-sum-exp and minus delta are what their
 * products start from.
 */
final class AttentionBackward {
  /** Tasks that are worth having: with fewer heads than that, the queries are split. */
  private static final int ENOUGH_TASKS = 16;

  private static final VectorSpecies<Float> F = FloatVector.SPECIES_PREFERRED;
  private static final int L = F.length();
  private static final float[] ZEROS = new float[SIDE];

  private static final Workspace PARTIAL = new Workspace();

  private final Arguments a;
  private final AttentionShape shape;
  private final int dim;

  /** Numbers in the tiles of 64 rows of a head, and of all keys of a head. */
  private final int area;

  private final int keysArea;
  private final int parts;

  /** With several parts: dk and then dv of each task. */
  private final float[] partial;

  private AttentionBackward(Arguments a) {
    this.a = a;
    this.shape = a.shape;
    this.dim = shape.headDim();
    this.area = Tile.count(dim) * AREA;
    this.keysArea = Math.multiplyExact(Tile.count(shape.keys()), area);
    this.parts = Math.clamp(ENOUGH_TASKS / units(), 1, rowTiles());
    this.partial =
        PARTIAL.floats(parts == 1 ? 0 : Math.multiplyExact(units() * parts * 2, keysArea));
  }

  /** The memory of one call. */
  record Arguments(
      MemorySegment q,
      MemorySegment k,
      MemorySegment v,
      MemorySegment out,
      MemorySegment logSumExp,
      MemorySegment dout,
      MemorySegment dq,
      MemorySegment dk,
      MemorySegment dv,
      AttentionShape shape) {}

  static void run(Arguments a) {
    AttentionBackward backward = new AttentionBackward(a);
    Workers.run(backward.units() * backward.parts, backward::task);
    if (backward.parts > 1) {
      Workers.run(backward.units() * Tile.count(a.shape.keys()), backward::merge);
    }
  }

  private int units() {
    return shape.batch() * shape.kvHeads();
  }

  private int rowTiles() {
    return shape.group() * Tile.count(shape.queries());
  }

  private void task(int task) {
    int unit = task / parts;
    Work work = Work.ofThread(area, parts == 1 ? 2 * keysArea : 0);
    float[] sums = parts == 1 ? work.sums : partial;
    int dk = parts == 1 ? 0 : task * 2 * keysArea;
    Arrays.fill(sums, dk, dk + 2 * keysArea, 0);
    for (int tile = task % parts; tile < rowTiles(); tile += parts) {
      int head = unit % shape.kvHeads() * shape.group() + tile % shape.group();
      rows(unit, head, tile / shape.group() * SIDE, sums, dk, work);
    }
    if (parts == 1) {
      for (int k0 = 0; k0 < shape.keys(); k0 += SIDE) {
        storeKeys(unit, k0, sums, dk);
      }
    }
  }

  private void merge(int task) {
    int unit = task % units();
    int tile = task / units();
    int first = unit * parts * 2 * keysArea + tile * area;
    for (int part = 1; part < parts; part++) {
      int from = first + part * 2 * keysArea;
      Tile.add(partial, from, partial, first, area);
      Tile.add(partial, from + keysArea, partial, first + keysArea, area);
    }
    storeKeys(unit, tile * SIDE, partial, first - tile * area);
  }

  /** q carries the scale and log2 e: dk needs the former only. */
  private void storeKeys(int unit, int k0, float[] sums, int dk) {
    int at = dk + k0 / SIDE * area;
    for (int j = 0; j < Math.min(SIDE, shape.keys() - k0); j++) {
      Tile.storeRow(sums, at, j, dim, (float) LN_2, a.dk, keyRow(unit, k0 + j));
      Tile.storeRow(sums, at + keysArea, j, dim, 1, a.dv, keyRow(unit, k0 + j));
    }
  }

  private long keyRow(int unit, int key) {
    return shape.keyOffset(unit / shape.kvHeads(), unit % shape.kvHeads())
        + (long) key * shape.keyStride();
  }

  /** A tile of rows of one head: their dq, and what they add to dk and dv. */
  private void rows(int unit, int head, int query, float[] sums, int dk, Work work) {
    int b = unit / shape.kvHeads();
    int rows = Math.min(SIDE, shape.queries() - query);
    long from = shape.queryOffset(b, head) + (long) query * shape.queryStride();
    loadRows(from, ((long) b * shape.heads() + head) * shape.queries() + query, rows, work);
    int visible = shape.visible(query + rows - 1);
    for (int k0 = 0; k0 < visible; k0 += SIDE) {
      int count = Math.min(SIDE, shape.keys() - k0);
      Tile.load(a.k, keyRow(unit, k0), shape.keyStride(), count, dim, 1, work.keys, 0);
      Tile.load(a.v, keyRow(unit, k0), shape.keyStride(), count, dim, 1, work.values, 0);
      tile(query, rows, k0, Math.min(count, visible - k0), sums, dk + k0 / SIDE * area, work);
    }
    for (int i = 0; i < rows; i++) {
      long to = from + (long) i * shape.queryStride();
      Tile.storeRow(work.dq, 0, i, dim, shape.scale(), a.dq, to);
    }
  }

  private void loadRows(long from, long row, int rows, Work work) {
    int stride = shape.queryStride();
    Tile.load(a.q, from, stride, rows, dim, shape.scale() * LOG2_E, work.q, 0);
    Tile.load(a.dout, from, stride, rows, dim, 1, work.dout, 0);
    Tile.transpose(work.q, 0, rows, dim, work.p, work.queries, 0);
    Tile.transpose(work.dout, 0, rows, dim, work.p, work.douts, 0);
    for (int i = 0; i < rows; i++) {
      work.minusLse[i] = -Native.get(a.logSumExp, row + i) * LOG2_E;
      work.minusDelta[i] = -Tile.dot(a.dout, a.out, from + (long) i * stride, dim);
    }
  }

  private void tile(int query, int rows, int k0, int open, float[] sums, int dk, Work w) {
    AttentionForward.scores(shape, w.keys, w.queries, 0, w.minusLse, 0, w.p, query, rows, k0, open);
    AttentionForward.mask(shape, w.p, query, rows, k0, open);
    AttentionForward.scores(
        shape, w.values, w.douts, 0, w.minusDelta, 0, w.ds, query, rows, k0, open);
    for (int i = 0; i < rows; i += L) {
      gradients(w.p, w.ds, i, seen(query, rows, i + L, k0, open));
    }
    for (int j = 0; j < open; j += BLOCK) {
      int first = Math.clamp(shape.firstQuery(k0 + j) - query, 0, rows);
      for (int t = 0; t < Tile.count(dim); t++) {
        int to = dk + t * AREA + j * SIDE;
        addKeys(w.ds, j * SIDE + first, w.q, t * AREA + first * SIDE, sums, to, t, rows - first);
        addKeys(
            w.p,
            j * SIDE + first,
            w.dout,
            t * AREA + first * SIDE,
            sums,
            to + keysArea,
            t,
            rows - first);
      }
    }
    boolean start = k0 == 0;
    float[] old = start ? ZEROS : w.dq;
    for (int i = 0; i < rows; i += BLOCK) {
      int seen = seen(query, rows, i + BLOCK, k0, open);
      for (int t = 0; t < Tile.count(dim); t++) {
        int to = t * AREA + i * SIDE;
        TileProduct.multiplyTransposed(
            w.ds,
            i,
            w.keys,
            t * AREA,
            old,
            start ? 0 : to,
            start ? 0 : SIDE,
            w.dq,
            to,
            BLOCK,
            Tile.width(dim, t),
            seen);
      }
    }
  }

  private int seen(int query, int rows, int end, int k0, int open) {
    return AttentionForward.seen(shape, query, rows, end, k0, open);
  }

  private void addKeys(
      float[] weights, int wo, float[] rows, int ro, float[] sums, int to, int t, int n) {
    int cols = Tile.width(dim, t);
    TileProduct.multiply(weights, wo, rows, ro, sums, to, SIDE, sums, to, BLOCK, cols, n);
  }

  /**
   * Scores of L queries become probabilities, products dout v^T become gradients of the scores; for
   * whole blocks of keys, because products read these.
   */
  private static void gradients(float[] p, float[] ds, int i, int n) {
    for (int j = i; j < Math.ceilDiv(n, BLOCK) * BLOCK * SIDE; j += SIDE) {
      FloatVector e = Exp.Simd.base2(FloatVector.fromArray(F, p, j));
      e.intoArray(p, j);
      e.mul(FloatVector.fromArray(F, ds, j)).intoArray(ds, j);
    }
  }

  /** Working memory of a thread, kept. */
  private static final class Work {
    private static final ThreadLocal<Work> OF_THREAD = ThreadLocal.withInitial(Work::new);

    /** A tile of keys by a tile of queries: probabilities, and gradients of the scores. */
    final float[] p = new float[AREA];

    final float[] ds = new float[AREA];

    /** Where the sums of the queries of a tile start. */
    final float[] minusLse = new float[SIDE];

    final float[] minusDelta = new float[SIDE];

    /** A tile of queries, row by row and transposed. */
    float[] q = {};

    float[] dout = {};
    float[] queries = {};
    float[] douts = {};
    float[] dq = {};

    /** A tile of keys. */
    float[] keys = {};

    float[] values = {};

    /** dk and dv of all keys. */
    float[] sums = {};

    static Work ofThread(int area, int sums) {
      Work work = OF_THREAD.get();
      work.q = Workspace.grown(work.q, area);
      work.dout = Workspace.grown(work.dout, area);
      work.queries = Workspace.grown(work.queries, area);
      work.douts = Workspace.grown(work.douts, area);
      work.dq = Workspace.grown(work.dq, area);
      work.keys = Workspace.grown(work.keys, area);
      work.values = Workspace.grown(work.values, area);
      work.sums = Workspace.grown(work.sums, sums);
      return work;
    }
  }
}
