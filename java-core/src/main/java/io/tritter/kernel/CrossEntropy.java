package io.tritter.kernel;

import java.lang.foreign.MemorySegment;

/**
 * {@link Kernels#crossEntropy}: {@code log(sum(exp(logits - max))) + max - logits[target]}, with
 * gradient {@code (softmax(logits) - onehot(target)) / rows counted}.
 */
final class CrossEntropy {
  private CrossEntropy() {}

  static double run(
      MemorySegment logits,
      MemorySegment targets,
      MemorySegment dlogits,
      int rows,
      int classes,
      int ignoreIndex) {
    int counted = check(logits, targets, dlogits, rows, classes, ignoreIndex);
    double loss = 0;
    for (int r = 0; r < rows; r++) {
      long row = (long) r * classes;
      int target = Native.getInt(targets, r);
      if (target == ignoreIndex) {
        clear(dlogits, row, classes);
        continue;
      }
      float max = Float.NEGATIVE_INFINITY;
      for (int i = 0; i < classes; i++) {
        max = Math.max(max, Native.get(logits, row + i));
      }
      double sum = 0;
      for (int i = 0; i < classes; i++) {
        sum += Math.exp(Native.get(logits, row + i) - max);
      }
      loss += Math.log(sum) + max - Native.get(logits, row + target);
      if (wanted(dlogits)) {
        for (int i = 0; i < classes; i++) {
          double p = Math.exp(Native.get(logits, row + i) - max) / sum;
          Native.set(dlogits, row + i, (float) ((p - (i == target ? 1 : 0)) / counted));
        }
      }
    }
    return counted == 0 ? 0 : loss / counted;
  }

  private static boolean wanted(MemorySegment dlogits) {
    return !dlogits.equals(MemorySegment.NULL);
  }

  private static void clear(MemorySegment dlogits, long row, int classes) {
    if (wanted(dlogits)) {
      dlogits.asSlice(row * Float.BYTES, (long) classes * Float.BYTES).fill((byte) 0);
    }
  }

  /** Refuses bad arguments before anything is written; returns the number of rows that count. */
  private static int check(
      MemorySegment logits,
      MemorySegment targets,
      MemorySegment dlogits,
      int rows,
      int classes,
      int ignoreIndex) {
    Native.check("logits", logits, (long) rows * classes);
    Native.check("targets", targets, rows, Integer.BYTES);
    if (wanted(dlogits)) {
      Native.check("dlogits", dlogits, (long) rows * classes);
    }
    int counted = 0;
    for (int r = 0; r < rows; r++) {
      int target = Native.getInt(targets, r);
      if (target == ignoreIndex) {
        continue;
      }
      if (target < 0 || target >= classes) {
        throw new IllegalArgumentException(
            "targets: expected 0 to %d or %d, got %d in row %d"
                .formatted(classes - 1, ignoreIndex, target, r));
      }
      counted++;
    }
    return counted;
  }

  /** On vectors; the losses of the rows are added in their order. */
  static final class Simd {
    private Simd() {}

    static double run(
        MemorySegment logits,
        MemorySegment targets,
        MemorySegment dlogits,
        int rows,
        int classes,
        int ignoreIndex) {
      int counted = check(logits, targets, dlogits, rows, classes, ignoreIndex);
      double[] losses = new double[rows];
      Workers.pieces(
          rows,
          Softmax.Simd.rowsOfPiece(classes),
          (from, to) -> {
            for (int r = (int) from; r < to; r++) {
              int target = Native.getInt(targets, r);
              long row = (long) r * classes;
              if (target == ignoreIndex) {
                clear(dlogits, row, classes);
              } else {
                losses[r] = row(logits, target, dlogits, row, classes, counted);
              }
            }
          });
      double loss = 0;
      for (double l : losses) {
        loss += l;
      }
      return counted == 0 ? 0 : loss / counted;
    }

    private static double row(
        MemorySegment logits,
        int target,
        MemorySegment dlogits,
        long row,
        int classes,
        int counted) {
      float max = Softmax.Simd.max(logits, row, classes);
      float wantedLogit = Native.get(logits, row + target); // dlogits may overwrite it
      double sum;
      if (wanted(dlogits)) {
        sum = Softmax.Simd.exp(logits, dlogits, row, classes, max);
        Softmax.Simd.scale(dlogits, row, classes, (float) (1 / (sum * counted)));
        float p = Native.get(dlogits, row + target);
        Native.set(dlogits, row + target, p - 1f / counted);
      } else {
        sum = Softmax.Simd.sumExp(logits, row, classes, max);
      }
      return Math.log(sum) + max - wantedLogit;
    }
  }
}
