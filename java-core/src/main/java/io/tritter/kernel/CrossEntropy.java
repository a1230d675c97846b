package io.tritter.kernel;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * {@link Kernels#crossEntropy}: {@code log(sum(exp(logits - max))) + max - logits[target]}, with
 * gradient {@code (softmax(logits) - onehot(target)) / rows counted}.
 */
final class CrossEntropy {
  private CrossEntropy() {}

  /** The sum of the losses of some rows, and their gradients divided by {@code counted}. */
  @FunctionalInterface
  interface Rows {
    double sum(
        MemorySegment logits,
        MemorySegment targets,
        MemorySegment dlogits,
        int rows,
        int classes,
        int ignoreIndex,
        int counted);
  }

  static double run(
      Rows form,
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
    int counted = counted(targets, rows, classes, ignoreIndex);
    double sum = form.sum(logits, targets, dlogits, rows, classes, ignoreIndex, counted);
    return counted == 0 ? 0 : sum / counted;
  }

  /** Refuses a target that is no class; returns the number of rows that count. */
  static int counted(MemorySegment targets, int rows, int classes, int ignoreIndex) {
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

  /** {@link Rows} in plain loops. */
  static double sum(
      MemorySegment logits,
      MemorySegment targets,
      MemorySegment dlogits,
      int rows,
      int classes,
      int ignoreIndex,
      int counted) {
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
    return loss;
  }

  static boolean wanted(MemorySegment dlogits) {
    return !dlogits.equals(MemorySegment.NULL);
  }

  private static void clear(MemorySegment dlogits, long row, int classes) {
    if (wanted(dlogits)) {
      dlogits.asSlice(row * Float.BYTES, (long) classes * Float.BYTES).fill((byte) 0);
    }
  }

  /** On vectors; the losses of the rows are added in their order. */
  static final class Simd {
    private static final Workspace LOSSES = new Workspace();

    private Simd() {}

    static double sum(
        MemorySegment logits,
        MemorySegment targets,
        MemorySegment dlogits,
        int rows,
        int classes,
        int ignoreIndex,
        int counted) {
      MemorySegment losses = LOSSES.memory((long) rows * Double.BYTES);
      Workers.pieces(
          rows,
          Softmax.Simd.rowsOfPiece(classes),
          (from, to) -> {
            for (long r = from; r < to; r++) {
              int target = Native.getInt(targets, r);
              double loss = 0;
              if (target == ignoreIndex) {
                clear(dlogits, r * classes, classes);
              } else {
                loss = row(logits, target, dlogits, r * classes, classes, counted);
              }
              losses.setAtIndex(ValueLayout.JAVA_DOUBLE, r, loss);
            }
          });
      double loss = 0;
      for (long r = 0; r < rows; r++) {
        loss += losses.getAtIndex(ValueLayout.JAVA_DOUBLE, r);
      }
      return loss;
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
