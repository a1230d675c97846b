package io.tritter.adapter;

import io.tritter.bitnet.BitLinear;
import io.tritter.bitnet.QatLinear;
import io.tritter.kernel.Kernels;
import io.tritter.nn.DenseLinear;
import io.tritter.nn.EncodedLinear;
import io.tritter.nn.EncodedMatrix;
import io.tritter.nn.Linear;
import io.tritter.nn.Parameter;
import io.tritter.tensor.Check;
import io.tritter.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/** The weight that a layer of any kind computes with, in float32. */
final class BaseWeight {
  /** Weights that are decoded at a time, 1 MiB. */
  private static final int TILE = 1 << 18;

  private BaseWeight() {}

  /** How many rows to take at a time. */
  static int tileRows(Linear linear) {
    return Math.clamp(TILE / Math.max(1, linear.inFeatures()), 1, linear.outFeatures());
  }

  /** All of it, in new memory, [outFeatures, inFeatures]. */
  static Tensor copy(Linear linear) {
    Tensor w = Tensor.zeros(linear.outFeatures(), linear.inFeatures());
    rows(linear, 0, linear.outFeatures(), w);
    return w;
  }

  /** {@code out = W[from..to-1, :]}. */
  static void rows(Linear linear, int from, int to, Tensor out) {
    switch (linear) {
      case DenseLinear d -> denseRows(d, from, to, out);
      case EncodedLinear e -> {
        EncodedMatrix w = e.weight();
        Kernels.active().decode(w.elements(), (long) from * w.cols(), out.data(), out.size());
      }
      case BitLinear b -> b.dequantize(from, to, out);
      case QatLinear q -> out.copyFrom(q.dequantized().rows(from, to));
      default -> throw Check.expected("layer", "one with a weight", linear);
    }
  }

  private static void denseRows(DenseLinear d, int from, int to, Tensor out) {
    Tensor w = d.weight().value();
    if (!d.hasInputsFirst()) {
      out.copyFrom(w.rows(from, to));
      return;
    }
    int in = d.inFeatures();
    long all = d.outFeatures();
    for (int r = from; r < to; r++) {
      for (int c = 0; c < in; c++) {
        out.set((long) (r - from) * in + c, w.get(c * all + r));
      }
    }
  }

  /** The columns as rows, in new memory. */
  static Tensor transpose(Tensor w) {
    int rows = w.dim(0);
    int cols = w.dim(1);
    Tensor out = Tensor.zeros(cols, rows);
    for (int r = 0; r < rows; r++) {
      for (int c = 0; c < cols; c++) {
        out.set((long) c * rows + r, w.get((long) r * cols + c));
      }
    }
    return out;
  }

  /** A copy of the bias; null where there is none. */
  static @Nullable Tensor bias(Linear linear) {
    return switch (linear) {
      case DenseLinear d -> {
        Parameter bias = d.bias();
        yield bias == null ? null : bias.value().copy();
      }
      case EncodedLinear e -> e.bias();
      case BitLinear b -> b.bias();
      default -> null;
    };
  }
}
