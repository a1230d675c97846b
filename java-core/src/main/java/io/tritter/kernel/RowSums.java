package io.tritter.kernel;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * {@link Matmul} of a few rows with a matrix as it lies in memory, to the bits of the definition
 * there: rows of B are added up where they are, instead of being packed for a single use.
 */
final class RowSums {
  private static final int MOST_ROWS = 8;

  private RowSums() {}

  /** Whether a product is one of these. */
  static boolean fits(Operand a, Operand b, int rows) {
    return rows <= MOST_ROWS && !b.transposed() && b.isFloat32() && (!a.transposed() || rows == 1);
  }

  /**
   * A task adds up a block of inner elements, which is one piece of memory, or some columns of it;
   * the sums of the blocks are added in order at the end.
   */
  static final class Simd {
    private static final VectorSpecies<Float> F = FloatVector.SPECIES_PREFERRED;

    /** Rows of B at a time: as many streams as processors follow. */
    private static final int STREAMS = 8;

    /**
     * Columns of a task, unless there are fewer, and less than twice as many: their sums, and their
     * part of the rows of B, stay in the first-level cache.
     */
    private static final int FEW_COLS = 512;

    /** Floats of a cache line: no two tasks write to one. */
    private static final int LINE = 16;

    private static final Workspace SUMS = new Workspace();

    private Simd() {}

    /**
     * {@code c = a b}.
     *
     * @param block inner elements of a block
     */
    static void run(
        MemorySegment a,
        MemorySegment b,
        MemorySegment c,
        int rows,
        int cols,
        int inner,
        int block,
        boolean accumulate) {
      int blocks = Math.ceilDiv(inner, block);
      int parts = Math.max(1, cols / FEW_COLS);
      int lines = Math.ceilDiv(cols, LINE);
      int size = rows * cols;
      MemorySegment sums = SUMS.memory((long) blocks * size * Float.BYTES);
      Workers.run(
          blocks * parts,
          i -> {
            int k = i / parts * block;
            int from = Matmul.part(lines, i % parts, parts) * LINE;
            int to = Math.min(cols, Matmul.part(lines, i % parts + 1, parts) * LINE);
            long at = (long) (i / parts) * size;
            block(a, b, sums, at, rows, cols, inner, k, Math.min(block, inner - k), from, to);
          });
      for (int n = 0; n < blocks; n++) {
        add(sums, (long) n * size, c, size, accumulate || n > 0);
      }
    }

    /** The columns {@code from..to-1} of one block. */
    private static void block(
        MemorySegment a,
        MemorySegment b,
        MemorySegment sums,
        long at,
        int rows,
        int cols,
        int inner,
        int k,
        int count,
        int from,
        int to) {
      int width = to - from;
      for (int r = 0; r < rows; r++) {
        long sum = at + (long) r * cols + from;
        sums.asSlice(sum * Float.BYTES, (long) width * Float.BYTES).fill((byte) 0);
      }
      int i = 0;
      for (; i + STREAMS <= count; i += STREAMS) {
        for (int r = 0; r < rows; r++) {
          long x = (long) r * inner + k + i;
          long y = (long) (k + i) * cols + from;
          eight(a, x, b, y, cols, sums, at + (long) r * cols + from, width);
        }
      }
      for (; i < count; i++) {
        for (int r = 0; r < rows; r++) {
          float x = Native.get(a, (long) r * inner + k + i);
          one(x, b, (long) (k + i) * cols + from, sums, at + (long) r * cols + from, width);
        }
      }
    }

    /** {@code sums += x[0] y[0] + ... + x[7] y[7]}, in this order; row i of B is {@code y[i]}. */
    private static void eight(
        MemorySegment a,
        long x,
        MemorySegment b,
        long y,
        long stride,
        MemorySegment sums,
        long at,
        int n) {
      float x0 = Native.get(a, x);
      float x1 = Native.get(a, x + 1);
      float x2 = Native.get(a, x + 2);
      float x3 = Native.get(a, x + 3);
      float x4 = Native.get(a, x + 4);
      float x5 = Native.get(a, x + 5);
      float x6 = Native.get(a, x + 6);
      float x7 = Native.get(a, x + 7);
      FloatVector v0 = FloatVector.broadcast(F, x0);
      FloatVector v1 = FloatVector.broadcast(F, x1);
      FloatVector v2 = FloatVector.broadcast(F, x2);
      FloatVector v3 = FloatVector.broadcast(F, x3);
      FloatVector v4 = FloatVector.broadcast(F, x4);
      FloatVector v5 = FloatVector.broadcast(F, x5);
      FloatVector v6 = FloatVector.broadcast(F, x6);
      FloatVector v7 = FloatVector.broadcast(F, x7);
      int bound = F.loopBound(n);
      for (int i = 0; i < bound; i += F.length()) {
        long p = y + i;
        FloatVector s = load(sums, at + i);
        s = load(b, p).fma(v0, s);
        s = load(b, p + stride).fma(v1, s);
        s = load(b, p + 2 * stride).fma(v2, s);
        s = load(b, p + 3 * stride).fma(v3, s);
        s = load(b, p + 4 * stride).fma(v4, s);
        s = load(b, p + 5 * stride).fma(v5, s);
        s = load(b, p + 6 * stride).fma(v6, s);
        s = load(b, p + 7 * stride).fma(v7, s);
        s.intoMemorySegment(sums, (at + i) << 2, Native.ORDER);
      }
      for (int i = bound; i < n; i++) {
        long p = y + i;
        float s = Native.get(sums, at + i);
        s = Math.fma(x0, Native.get(b, p), s);
        s = Math.fma(x1, Native.get(b, p + stride), s);
        s = Math.fma(x2, Native.get(b, p + 2 * stride), s);
        s = Math.fma(x3, Native.get(b, p + 3 * stride), s);
        s = Math.fma(x4, Native.get(b, p + 4 * stride), s);
        s = Math.fma(x5, Native.get(b, p + 5 * stride), s);
        s = Math.fma(x6, Native.get(b, p + 6 * stride), s);
        s = Math.fma(x7, Native.get(b, p + 7 * stride), s);
        Native.set(sums, at + i, s);
      }
    }

    /** {@code sums += x y}. */
    private static void one(float x, MemorySegment b, long y, MemorySegment sums, long at, int n) {
      FloatVector v = FloatVector.broadcast(F, x);
      int bound = F.loopBound(n);
      for (int i = 0; i < bound; i += F.length()) {
        load(b, y + i)
            .fma(v, load(sums, at + i))
            .intoMemorySegment(sums, (at + i) << 2, Native.ORDER);
      }
      for (int i = bound; i < n; i++) {
        Native.set(sums, at + i, Math.fma(x, Native.get(b, y + i), Native.get(sums, at + i)));
      }
    }

    /** {@code c += x}, or {@code c = x}. */
    private static void add(MemorySegment x, long from, MemorySegment c, int n, boolean more) {
      if (!more) {
        MemorySegment.copy(x, from << 2, c, 0, (long) n << 2);
        return;
      }
      int bound = F.loopBound(n);
      for (int i = 0; i < bound; i += F.length()) {
        load(c, i).add(load(x, from + i)).intoMemorySegment(c, (long) i << 2, Native.ORDER);
      }
      for (int i = bound; i < n; i++) {
        Native.set(c, i, Native.get(c, i) + Native.get(x, from + i));
      }
    }

    private static FloatVector load(MemorySegment s, long index) {
      return FloatVector.fromMemorySegment(F, s, index << 2, Native.ORDER);
    }
  }
}
