package io.tritter.tornado;

import io.tritter.kernel.Kernels;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * {@link Kernels#crossEntropy}: a group a row; the losses of the rows are added on the CPU. A
 * thread adds thousands of exponentials where there are many classes, so it keeps what rounding
 * loses (Kahan, 1965).
 */
final class CrossEntropy {
  static final int THREADS = 128;

  private CrossEntropy() {}

  static void onDevice(KernelContext c, FloatArray f, IntArray i, IntArray n, FloatArray s) {
    float[] parts = c.allocateFloatLocalArray(THREADS);
    int t = c.localIdx;
    int classes = n.get(3);
    int x = n.get(0) + c.groupIdx * classes;
    int target = i.get(n.get(1) + c.groupIdx);
    int ignored = target == n.get(4) ? 1 : 0;
    float max = f.get(x);
    for (int k = t; k < classes; k += THREADS) {
      max = TornadoMath.max(max, f.get(x + k));
    }
    parts[t] = max;
    c.localBarrier();
    for (int half = THREADS / 2; half > 0; half = half / 2) {
      if (t < half) {
        parts[t] = TornadoMath.max(parts[t], parts[t + half]);
      }
      c.localBarrier();
    }
    max = parts[0];
    c.localBarrier();
    float sum = 0f;
    float lost = 0f;
    for (int k = t; k < classes; k += THREADS) {
      float e = TornadoMath.exp(f.get(x + k) - max) - lost;
      float more = sum + e;
      lost = (more - sum) - e;
      sum = more;
    }
    parts[t] = sum;
    c.localBarrier();
    for (int half = THREADS / 2; half > 0; half = half / 2) {
      if (t < half) {
        parts[t] = parts[t] + parts[t + half];
      }
      c.localBarrier();
    }
    sum = parts[0];
    if (t == 0) {
      float loss = 0f;
      if (ignored == 0) {
        loss = TornadoMath.log(sum) + max - f.get(x + target);
      }
      f.set(n.get(2) + c.groupIdx, loss);
    }
    c.localBarrier();
    for (int k = t; k < classes; k += THREADS) {
      float p = TornadoMath.exp(f.get(x + k) - max) / sum;
      float hot = k == target ? 1f : 0f;
      f.set(x + k, ignored == 1 ? 0f : (p - hot) * s.get(0));
    }
  }

  /** Leaves the gradients in place of the logits. */
  static Launch launch(
      int logits, int targets, int losses, int rows, int classes, int ignoreIndex, int counted) {
    int[] n = {logits, targets, losses, classes, ignoreIndex};
    return Launch.of(Program.CROSS_ENTROPY, rows, n, counted == 0 ? 0f : 1f / counted);
  }

  static double run(
      Device device,
      MemorySegment logits,
      MemorySegment targets,
      MemorySegment dlogits,
      int rows,
      int classes,
      int ignoreIndex) {
    long elements = (long) rows * classes;
    boolean wanted = !dlogits.equals(MemorySegment.NULL);
    Memory.check("logits", logits, elements);
    Memory.check("targets", targets, rows, Integer.BYTES);
    if (wanted) {
      Memory.check("dlogits", dlogits, elements);
    }
    int counted = counted(targets, rows, classes, ignoreIndex);
    try (Scratch m = device.scratch()) {
      int at = m.write(logits, elements);
      int losses = m.floats(rows);
      int ids = m.writeInts(targets, rows);
      m.run(launch(at, ids, losses, rows, classes, ignoreIndex, counted));
      float[] each = new float[rows];
      m.read(losses, MemorySegment.ofArray(each), rows);
      if (wanted) {
        m.read(at, dlogits, elements);
      }
      double sum = 0;
      for (float loss : each) {
        sum += loss;
      }
      return counted == 0 ? 0 : sum / counted;
    }
  }

  /** Refuses a target that is no class; returns the number of rows that count. */
  private static int counted(MemorySegment targets, int rows, int classes, int ignoreIndex) {
    int counted = 0;
    for (int r = 0; r < rows; r++) {
      int target = targets.getAtIndex(ValueLayout.JAVA_INT_UNALIGNED, r);
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
}
