package io.tritter.kernel;

import static io.tritter.kernel.CrossEntropy.wanted;

import java.lang.foreign.MemorySegment;

/**
 * {@link Kernels#linearCrossEntropy}: the logits of some rows at a time, turned into their gradient
 * where they lie, and used up before the next rows are looked at.
 */
final class LinearCrossEntropy {
  /** Floats of logits at a time, 32 MiB, unless a few rows need more. */
  static final int LOGITS = 1 << 23;

  private static final int FEWEST_ROWS = 16;
  static final Workspace WORKSPACE = new Workspace();

  private LinearCrossEntropy() {}

  static double run(
      DenseKernels kernels,
      CrossEntropy.Rows form,
      MemorySegment hidden,
      MemorySegment weight,
      MemorySegment targets,
      MemorySegment dhidden,
      MemorySegment dweight,
      int rows,
      int dim,
      int classes,
      int ignoreIndex) {
    Native.check("hidden", hidden, (long) rows * dim);
    Native.check("weight", weight, (long) classes * dim);
    Native.check("targets", targets, rows, Integer.BYTES);
    if (wanted(dhidden)) {
      Native.check("dhidden", dhidden, (long) rows * dim);
      Native.check("dweight", dweight, (long) classes * dim);
    }
    int counted = CrossEntropy.counted(targets, rows, classes, ignoreIndex);
    int chunk = Math.min(rows, chunk(classes));
    MemorySegment logits = WORKSPACE.memory((long) chunk * classes * Float.BYTES);
    MemorySegment dlogits = wanted(dhidden) ? logits : MemorySegment.NULL;
    double loss = 0;
    for (int from = 0; from < rows; from += chunk) {
      int n = Math.min(chunk, rows - from);
      MemorySegment x = slice(hidden, from, n, dim);
      MemorySegment t = slice(targets, from, n, 1);
      kernels.matmul(x, false, weight, true, logits, n, classes, dim, false);
      loss += form.sum(logits, t, dlogits, n, classes, ignoreIndex, counted);
      if (wanted(dhidden)) {
        MemorySegment dx = slice(dhidden, from, n, dim);
        kernels.matmul(logits, true, x, false, dweight, classes, dim, n, true);
        kernels.matmul(logits, false, weight, false, dx, n, dim, classes, false);
      }
    }
    return counted == 0 ? 0 : loss / counted;
  }

  /** Rows at a time: whole blocks of the inner dimension of the product for dweight, if it can. */
  static int chunk(int classes) {
    int rows = LOGITS / Math.max(1, classes);
    return rows < Matmul.KC ? Math.max(FEWEST_ROWS, rows) : rows / Matmul.KC * Matmul.KC;
  }

  private static MemorySegment slice(MemorySegment s, int from, int rows, int width) {
    return s.asSlice((long) from * width * 4, (long) rows * width * 4);
  }
}
