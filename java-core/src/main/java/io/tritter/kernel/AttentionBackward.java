package io.tritter.kernel;

import static io.tritter.kernel.AttentionForward.LN_2;
import static io.tritter.kernel.AttentionForward.LOG2_E;
import static io.tritter.kernel.AttentionForward.ROWS;
import static io.tritter.kernel.Tile.KEYS;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Backward pass of attention on vectors. A task is a key head with all its query heads, and every
 * {@code parts}-th tile of its keys; one object serves the tasks of a thread.
 *
 * <p>A task owns the dk and dv of its keys. The dq of several parts are added in the order of the
 * parts, whose number depends on the shape alone, so no result depends on the threads.
 */
final class AttentionBackward {
  /** Tasks that are worth having: with fewer heads than that, the keys are split. */
  private static final int ENOUGH_TASKS = 16;

  private static final VectorSpecies<Float> F = FloatVector.SPECIES_PREFERRED;

  private final Arguments a;
  private final AttentionShape shape;
  private final int group;
  private final int dim;
  private final int width;

  /** Per row of all query heads: sum(dout * out), and log-sum-exp in units of log 2. */
  private final float[] delta;

  private final float[] lse;
  private float[] dq;

  // A tile of keys.
  private final float[] keys;
  private final float[] keysTransposed;
  private final float[] values;
  private final float[] valuesTransposed;
  private final float[] dk;
  private final float[] dv;

  // A tile of rows, and what is between both tiles.
  private final float[] q;
  private final float[] dout;
  private final float[] p = new float[ROWS * KEYS];
  private final float[] ds = new float[ROWS * KEYS];

  // The task at hand.
  private int b;
  private int kvHead;

  private AttentionBackward(Arguments a) {
    this.a = a;
    this.shape = a.shape;
    this.group = shape.heads() / shape.kvHeads();
    this.dim = shape.headDim();
    this.width = Tile.padded(dim, Tile.PANEL);
    int rows = group * rowsOfHead();
    this.delta = new float[rows];
    this.lse = new float[rows];
    this.dq = new float[rows * width];
    this.keys = new float[KEYS * width];
    this.keysTransposed = new float[dim * KEYS];
    this.values = new float[KEYS * dim];
    this.valuesTransposed = new float[dim * KEYS];
    this.dk = new float[KEYS * width];
    this.dv = new float[KEYS * width];
    this.q = new float[ROWS * width];
    this.dout = new float[ROWS * width];
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
    int units = a.shape.batch() * a.shape.kvHeads();
    int tiles = Math.ceilDiv(a.shape.keys(), KEYS);
    int parts = Math.clamp(ENOUGH_TASKS / units, 1, tiles);
    float[][] partial = new float[parts == 1 ? 0 : units * parts][];
    Workers.reusing(
        units * parts,
        () -> new AttentionBackward(a),
        (backward, task) -> {
          backward.take(task / parts);
          backward.run(task % parts * KEYS, parts * KEYS);
          if (parts == 1) {
            backward.storeQueries();
          } else {
            partial[task] = backward.dq;
            backward.dq = new float[backward.dq.length];
          }
        });
    if (parts > 1) {
      Workers.reusing(
          units,
          () -> new AttentionBackward(a),
          (backward, unit) -> {
            backward.take(unit);
            for (int part = 0; part < parts; part++) {
              add(partial[unit * parts + part], backward.dq);
            }
            backward.storeQueries();
          });
    }
  }

  private static void add(float[] x, float[] sum) {
    for (int i = 0; i < sum.length; i += F.length()) {
      FloatVector.fromArray(F, sum, i).add(FloatVector.fromArray(F, x, i)).intoArray(sum, i);
    }
  }

  private void take(int unit) {
    this.b = unit / shape.kvHeads();
    this.kvHead = unit % shape.kvHeads();
    Arrays.fill(dq, 0);
  }

  private void run(int firstKey, int step) {
    for (int g = 0; g < group; g++) {
      prepare(g);
    }
    for (int k0 = firstKey; k0 < shape.keys(); k0 += step) {
      int count = Math.min(KEYS, shape.keys() - k0);
      loadKeys(k0, count);
      for (int g = 0; g < group; g++) {
        for (int i = 0; i < shape.queries(); i += ROWS) {
          tile(g, i, Math.min(ROWS, shape.queries() - i), k0, count);
        }
      }
      storeKeys(k0, count);
    }
  }

  private int rowsOfHead() {
    return Tile.padded(shape.queries(), ROWS);
  }

  private long queryRow(int g, int i) {
    return shape.queryOffset(b, kvHead * group + g) + (long) i * shape.queryStride();
  }

  private long keyRow(int j) {
    return shape.keyOffset(b, kvHead) + (long) j * shape.keyStride();
  }

  private void prepare(int g) {
    long head = ((long) b * shape.heads() + (long) kvHead * group + g) * shape.queries();
    for (int i = 0; i < shape.queries(); i++) {
      int row = g * rowsOfHead() + i;
      lse[row] = Native.get(a.logSumExp, head + i) * LOG2_E;
      delta[row] = Tile.dot(a.dout, a.out, queryRow(g, i), dim);
    }
  }

  private void loadKeys(int k0, int count) {
    if (count < KEYS) {
      Arrays.fill(keys, 0);
      Arrays.fill(keysTransposed, 0);
      Arrays.fill(valuesTransposed, 0);
    }
    Tile.load(a.k, keyRow(k0), shape.keyStride(), count, dim, 1, keys, 0, width);
    Tile.transpose(keys, width, count, dim, keysTransposed);
    Tile.load(a.v, keyRow(k0), shape.keyStride(), count, dim, 1, values, 0, dim);
    Tile.transpose(values, dim, count, dim, valuesTransposed);
    Arrays.fill(dk, 0);
    Arrays.fill(dv, 0);
  }

  /** q carries the scale and log2 e: dk needs the former only. */
  private void storeKeys(int k0, int count) {
    for (int j = 0; j < count; j++) {
      Tile.storeRow(dk, j * width, dim, (float) LN_2, a.dk, keyRow(k0 + j));
      Tile.storeRow(dv, j * width, dim, 1, a.dv, keyRow(k0 + j));
    }
  }

  private void storeQueries() {
    for (int g = 0; g < group; g++) {
      for (int i = 0; i < shape.queries(); i++) {
        int at = (g * rowsOfHead() + i) * width;
        Tile.storeRow(dq, at, dim, shape.scale(), a.dq, queryRow(g, i));
      }
    }
  }

  private void tile(int g, int query, int rows, int k0, int count) {
    int open = Math.min(count, shape.visible(query + rows - 1) - k0);
    if (open <= 0) {
      return;
    }
    int cols = Tile.padded(open, Tile.PANEL);
    int row = g * rowsOfHead() + query;
    int quads = Tile.padded(rows, Tile.QUAD);
    loadRows(g, query, rows);
    Tile.multiply(q, 0, width, keysTransposed, KEYS, p, 0, KEYS, quads, cols, dim, false);
    AttentionForward.mask(shape, p, query, rows, k0, count, cols);
    Tile.multiply(dout, 0, width, valuesTransposed, KEYS, ds, 0, KEYS, quads, cols, dim, false);
    for (int i = 0; i < rows; i++) {
      gradients(p, ds, i * KEYS, cols, lse[row + i], delta[row + i]);
    }
    Tile.addTransposed(p, dout, width, dv, width, cols, width, rows);
    Tile.addTransposed(ds, q, width, dk, width, cols, width, rows);
    Tile.multiply(ds, 0, KEYS, keys, width, dq, row * width, width, quads, width, cols, true);
  }

  /** Rows past the last one keep what they held: they meet no row of a result. */
  private void loadRows(int g, int query, int rows) {
    float factor = shape.scale() * LOG2_E;
    Tile.load(a.q, queryRow(g, query), shape.queryStride(), rows, dim, factor, q, 0, width);
    Tile.load(a.dout, queryRow(g, query), shape.queryStride(), rows, dim, 1, dout, 0, width);
  }

  /** Scores become probabilities, products dout v^T become gradients of the scores. */
  private static void gradients(
      float[] scores, float[] ds, int from, int n, float lse, float delta) {
    for (int i = from; i < from + n; i += F.length()) {
      FloatVector p = Exp.Simd.base2(FloatVector.fromArray(F, scores, i).sub(lse));
      p.intoArray(scores, i);
      p.mul(FloatVector.fromArray(F, ds, i).sub(delta)).intoArray(ds, i);
    }
  }
}
