package io.tritter.kernel;

import static io.tritter.kernel.Native.check;

import java.lang.foreign.MemorySegment;

/** {@link Kernels#matmulBatched}: bit for bit the loop of {@link Matmul} over the batch. */
final class MatmulBatched {
  private MatmulBatched() {}

  static void run(
      MemorySegment a,
      boolean transposeA,
      long strideA,
      MemorySegment b,
      boolean transposeB,
      long strideB,
      MemorySegment c,
      long strideC,
      int batch,
      int rows,
      int cols,
      int inner,
      boolean accumulate) {
    checkArguments(a, strideA, b, strideB, c, strideC, batch, rows, cols, inner);
    for (int i = 0; i < batch; i++) {
      Matmul.run(
          operand(a, strideA, i, (long) rows * inner, transposeA),
          operand(b, strideB, i, (long) inner * cols, transposeB),
          matrix(c, strideC, i, (long) rows * cols),
          rows,
          cols,
          inner,
          accumulate);
    }
  }

  private static Operand operand(
      MemorySegment all, long stride, long i, long elements, boolean transposed) {
    return Operand.float32(matrix(all, stride, i, elements), transposed);
  }

  private static MemorySegment matrix(MemorySegment all, long stride, long i, long elements) {
    return all.asSlice((i * stride) << 2, elements << 2);
  }

  private static void checkArguments(
      MemorySegment a,
      long strideA,
      MemorySegment b,
      long strideB,
      MemorySegment c,
      long strideC,
      int batch,
      int rows,
      int cols,
      int inner) {
    checkAtLeast("batch", batch, 0);
    checkAtLeast("strideA", strideA, 0);
    checkAtLeast("strideB", strideB, 0);
    checkAtLeast("strideC", strideC, batch > 1 ? (long) rows * cols : 0);
    check("a", a, span(batch, strideA, (long) rows * inner));
    check("b", b, span(batch, strideB, (long) inner * cols));
    check("c", c, span(batch, strideC, (long) rows * cols));
  }

  private static void checkAtLeast(String name, long value, long least) {
    if (value < least) {
      throw new IllegalArgumentException(
          "%s: expected at least %d, got %d".formatted(name, least, value));
    }
  }

  /** Elements from the first matrix to the end of the last. */
  private static long span(int batch, long stride, long elements) {
    return batch == 0 ? 0 : Math.addExact(Math.multiplyExact(batch - 1L, stride), elements);
  }

  /**
   * Small products go to the threads as wholes, large ones one after the other in tasks of their
   * own. Where all share B and the rest has no gaps, the batch is one product of more rows.
   */
  static final class Simd {
    /** Multiplications of a product that is worth its own tasks. */
    private static final long LARGE = 1 << 22;

    /** Multiplications of a task, some microseconds. */
    private static final long TASK = 1 << 17;

    private Simd() {}

    static void run(
        MemorySegment a,
        boolean transposeA,
        long strideA,
        MemorySegment b,
        boolean transposeB,
        long strideB,
        MemorySegment c,
        long strideC,
        int batch,
        int rows,
        int cols,
        int inner,
        boolean accumulate) {
      checkArguments(a, strideA, b, strideB, c, strideC, batch, rows, cols, inner);
      long sizeA = (long) rows * inner;
      long sizeB = (long) inner * cols;
      long sizeC = (long) rows * cols;
      boolean oneProduct =
          strideB == 0
              && !transposeA
              && strideA == sizeA
              && strideC == sizeC
              && batch > 0
              && (long) batch * rows <= Integer.MAX_VALUE;
      if (oneProduct) {
        Matmul.Simd.run(
            Operand.float32(a, false),
            Operand.float32(b, transposeB),
            c,
            batch * rows,
            cols,
            inner,
            accumulate);
        return;
      }
      long work = sizeC * Math.max(1, inner);
      Workers.Piece products =
          (from, to) -> {
            for (long i = from; i < to; i++) {
              Matmul.Simd.run(
                  operand(a, strideA, i, sizeA, transposeA),
                  operand(b, strideB, i, sizeB, transposeB),
                  matrix(c, strideC, i, sizeC),
                  rows,
                  cols,
                  inner,
                  accumulate);
            }
          };
      if (work >= LARGE) {
        products.accept(0, batch);
      } else {
        Workers.pieces(batch, Math.max(1, TASK / Math.max(1, work)), products);
      }
    }
  }
}
