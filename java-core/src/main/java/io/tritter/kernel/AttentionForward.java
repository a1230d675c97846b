package io.tritter.kernel;

import static io.tritter.kernel.Tile.KEYS;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * Attention on vectors. A task is some queries of all the heads that share a key head; one object
 * serves the tasks of a thread.
 *
 * <p>Keys and values are read in tiles of {@link Tile#KEYS}; each tile updates the running maximum,
 * sum and output of every row (online softmax). Scores are in units of log 2, so that the
 * exponential is {@code 2^x}.
 */
final class AttentionForward {
  /** Rows (queries) of a tile of scores; the tile, 8 KiB, stays in the first cache. */
  static final int ROWS = 32;

  static final float LOG2_E = (float) (1 / Math.log(2));
  static final double LN_2 = Math.log(2);

  /** Rows of one task: enough to pay for the packing of each key tile. */
  private static final int TASK_ROWS = 256;

  private static final VectorSpecies<Float> F = FloatVector.SPECIES_PREFERRED;

  private final AttentionShape shape;
  private final int dim;
  private final int width;
  private final int group;

  /** Queries of a task, and the rows that one head takes in the arrays: queries, padded. */
  private final int share;

  private final float[] q;
  private final float[] sums;
  private final float[] maxima;
  private final float[] output;
  private final float[] scores = new float[ROWS * KEYS];
  private final float[] factors = new float[ROWS];
  private final float[] keyRows;
  private final float[] keys;
  private final float[] values;

  // The task at hand.
  private int b;
  private int kvHead;
  private int firstQuery;
  private int queries;

  private AttentionForward(AttentionShape shape, int share) {
    this.shape = shape;
    this.share = share;
    this.dim = shape.headDim();
    this.width = Tile.padded(dim, Tile.PANEL);
    this.group = shape.heads() / shape.kvHeads();
    int rows = group * share;
    this.q = new float[rows * dim];
    this.sums = new float[rows];
    this.maxima = new float[rows];
    this.output = new float[rows * width];
    this.keyRows = new float[KEYS * dim];
    this.keys = new float[dim * KEYS];
    this.values = new float[KEYS * width];
  }

  static void run(
      MemorySegment q,
      MemorySegment k,
      MemorySegment v,
      MemorySegment out,
      MemorySegment logSumExp,
      AttentionShape shape) {
    int group = shape.heads() / shape.kvHeads();
    int share = Math.min(TASK_ROWS / group, shape.queries());
    int rows = Math.max(ROWS, share / ROWS * ROWS);
    int shares = Math.ceilDiv(shape.queries(), rows);
    Workers.reusing(
        shape.batch() * shape.kvHeads() * shares,
        () -> new AttentionForward(shape, rows),
        (forward, task) -> {
          forward.take(task / shares, task % shares * rows);
          forward.run(q, k, v, out, logSumExp);
        });
  }

  private void take(int unit, int firstQuery) {
    this.b = unit / shape.kvHeads();
    this.kvHead = unit % shape.kvHeads();
    this.firstQuery = firstQuery;
    this.queries = Math.min(share, shape.queries() - firstQuery);
    Arrays.fill(maxima, Float.NEGATIVE_INFINITY);
    Arrays.fill(sums, 0);
    Arrays.fill(output, 0);
  }

  private void run(
      MemorySegment q, MemorySegment k, MemorySegment v, MemorySegment out, MemorySegment lse) {
    for (int g = 0; g < group; g++) {
      Tile.load(
          q,
          queryRow(g, 0),
          shape.queryStride(),
          queries,
          dim,
          shape.scale() * LOG2_E,
          this.q,
          g * share * dim,
          dim);
    }
    int visible = shape.visible(firstQuery + queries - 1);
    for (int k0 = 0; k0 < visible; k0 += KEYS) {
      int count = Math.min(KEYS, visible - k0);
      loadKeys(k, v, k0, count);
      for (int g = 0; g < group; g++) {
        for (int i = 0; i < queries; i += ROWS) {
          tile(g * share + i, firstQuery + i, Math.min(ROWS, queries - i), k0, count);
        }
      }
    }
    for (int g = 0; g < group; g++) {
      finish(g, out, lse);
    }
  }

  private long queryRow(int g, int i) {
    return shape.queryOffset(b, kvHead * group + g) + (long) (firstQuery + i) * shape.queryStride();
  }

  /** Padding rows of a short tile are masked, but must be finite: zero. */
  private void loadKeys(MemorySegment k, MemorySegment v, int k0, int count) {
    long from = shape.keyOffset(b, kvHead) + (long) k0 * shape.keyStride();
    if (count < KEYS) {
      Arrays.fill(keys, 0);
      Arrays.fill(values, 0);
    }
    Tile.load(k, from, shape.keyStride(), count, dim, 1, keyRows, 0, dim);
    Tile.transpose(keyRows, dim, count, dim, keys);
    Tile.load(v, from, shape.keyStride(), count, dim, 1, values, 0, width);
  }

  /** Scores, online softmax and weighted values of {@code rows} queries on one key tile. */
  private void tile(int row, int query, int rows, int k0, int count) {
    int open = Math.min(count, shape.visible(query + rows - 1) - k0);
    if (open <= 0) {
      return;
    }
    int cols = Tile.padded(open, Tile.PANEL);
    int rowsPadded = Tile.padded(rows, Tile.QUAD);
    Tile.multiply(q, row * dim, dim, keys, KEYS, scores, 0, KEYS, rowsPadded, cols, dim, false);
    mask(shape, scores, query, rows, k0, count, cols);
    softmax(row, rows, cols);
    Tile.multiply(
        scores, 0, KEYS, values, width, output, row * width, width, rowsPadded, width, cols, true);
  }

  /** Minus infinity where a query does not see the key, and in the padding. */
  static void mask(
      AttentionShape shape, float[] scores, int query, int rows, int k0, int count, int cols) {
    if (shape.visible(query) - k0 >= cols && count >= cols) {
      return;
    }
    for (int i = 0; i < rows; i++) {
      int open = Math.clamp(shape.visible(query + i) - k0, 0, count);
      if (open < cols) {
        Arrays.fill(scores, i * KEYS + open, i * KEYS + cols, Float.NEGATIVE_INFINITY);
      }
    }
  }

  private void softmax(int row, int rows, int cols) {
    for (int i = 0; i < rows; i++) {
      factors[i] = Math.max(maxima[row + i], max(scores, i * KEYS, cols));
    }
    for (int i = 0; i < ROWS; i += F.length()) {
      FloatVector max = FloatVector.fromArray(F, factors, i);
      FloatVector old = FloatVector.fromArray(F, maxima, row + i);
      max.intoArray(maxima, row + i);
      Exp.Simd.base2(old.sub(max)).intoArray(factors, i);
    }
    for (int i = 0; i < rows; i++) {
      float factor = factors[i];
      sums[row + i] = sums[row + i] * factor + exp(scores, i * KEYS, cols, maxima[row + i]);
      if (factor != 1) {
        scale(output, (row + i) * width, width, factor);
      }
    }
  }

  private static float max(float[] x, int from, int n) {
    FloatVector max = FloatVector.fromArray(F, x, from);
    for (int i = F.length(); i < n; i += F.length()) {
      max = max.max(FloatVector.fromArray(F, x, from + i));
    }
    return max.reduceLanes(VectorOperators.MAX);
  }

  private static float exp(float[] x, int from, int n, float max) {
    FloatVector sum = FloatVector.zero(F);
    for (int i = 0; i < n; i += F.length()) {
      FloatVector e = Exp.Simd.base2(FloatVector.fromArray(F, x, from + i).sub(max));
      e.intoArray(x, from + i);
      sum = sum.add(e);
    }
    return Lanes.sum(sum);
  }

  private static void scale(float[] x, int from, int n, float factor) {
    for (int i = 0; i < n; i += F.length()) {
      FloatVector.fromArray(F, x, from + i).mul(factor).intoArray(x, from + i);
    }
  }

  private void finish(int g, MemorySegment out, MemorySegment lse) {
    long head =
        ((long) b * shape.heads() + (long) kvHead * group + g) * shape.queries() + firstQuery;
    for (int i = 0; i < queries; i++) {
      int row = g * share + i;
      Tile.storeRow(output, row * width, dim, 1 / sums[row], out, queryRow(g, i));
      Native.set(lse, head + i, (float) (maxima[row] * LN_2 + Math.log(sums[row])));
    }
  }
}
