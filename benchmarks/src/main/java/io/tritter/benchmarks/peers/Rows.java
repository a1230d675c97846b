package io.tritter.benchmarks.peers;

import io.tritter.benchmarks.Memory;
import io.tritter.kernel.Kernels;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Norms and losses of rows. */
final class Rows {
  static final Map<String, Function<Request, List<Implementation>>> OPERATIONS =
      Map.of(
          "rms-norm", Rows::rmsNorm,
          "rms-norm-backward", Rows::rmsNormBackward,
          "layer-norm", Rows::layerNorm,
          "layer-norm-backward", Rows::layerNormBackward,
          "softmax", Rows::softmax,
          "cross-entropy", Rows::crossEntropy,
          "linear-cross-entropy", Rows::linearCrossEntropy);

  private static final float EPS = 1e-5f;
  private static final int IGNORED = -100;

  private Rows() {}

  /** Inputs x, weight. */
  private static List<Implementation> rmsNorm(Request r) {
    int rows = r.size("rows");
    int dim = r.size("dim");
    MemorySegment x = r.input(0);
    MemorySegment weight = r.input(1);
    MemorySegment out = Memory.words((long) rows * dim);
    Kernels kernels = Kernels.active();
    return Implementation.ours(() -> kernels.rmsNorm(x, weight, out, rows, dim, EPS), out);
  }

  /** Inputs x, weight, dout; a forward and a backward pass, gradients of x and of the weight. */
  private static List<Implementation> rmsNormBackward(Request r) {
    int rows = r.size("rows");
    int dim = r.size("dim");
    MemorySegment x = r.input(0);
    MemorySegment weight = r.input(1);
    MemorySegment dout = r.input(2);
    MemorySegment out = Memory.words((long) rows * dim);
    MemorySegment dx = Memory.words((long) rows * dim);
    MemorySegment dweight = Memory.words(dim);
    Kernels kernels = Kernels.active();
    return Implementation.ours(
        () -> {
          kernels.rmsNorm(x, weight, out, rows, dim, EPS);
          dweight.fill((byte) 0);
          kernels.rmsNormBackward(x, weight, dout, dx, dweight, rows, dim, EPS);
        },
        dx,
        dweight);
  }

  /** Inputs x, weight, bias. */
  private static List<Implementation> layerNorm(Request r) {
    int rows = r.size("rows");
    int dim = r.size("dim");
    MemorySegment x = r.input(0);
    MemorySegment weight = r.input(1);
    MemorySegment bias = r.input(2);
    MemorySegment out = Memory.words((long) rows * dim);
    Kernels kernels = Kernels.active();
    return Implementation.ours(() -> kernels.layerNorm(x, weight, bias, out, rows, dim, EPS), out);
  }

  /** Inputs x, weight, bias, dout; a forward and a backward pass. */
  private static List<Implementation> layerNormBackward(Request r) {
    int rows = r.size("rows");
    int dim = r.size("dim");
    MemorySegment x = r.input(0);
    MemorySegment weight = r.input(1);
    MemorySegment bias = r.input(2);
    MemorySegment dout = r.input(3);
    MemorySegment out = Memory.words((long) rows * dim);
    MemorySegment dx = Memory.words((long) rows * dim);
    MemorySegment dweight = Memory.words(dim);
    MemorySegment dbias = Memory.words(dim);
    Kernels kernels = Kernels.active();
    return Implementation.ours(
        () -> {
          kernels.layerNorm(x, weight, bias, out, rows, dim, EPS);
          dweight.fill((byte) 0);
          dbias.fill((byte) 0);
          kernels.layerNormBackward(x, weight, dout, dx, dweight, dbias, rows, dim, EPS);
        },
        dx,
        dweight,
        dbias);
  }

  /** Input x. */
  private static List<Implementation> softmax(Request r) {
    int rows = r.size("rows");
    int dim = r.size("dim");
    MemorySegment x = r.input(0);
    MemorySegment out = Memory.words((long) rows * dim);
    Kernels kernels = Kernels.active();
    return Implementation.ours(() -> kernels.softmax(x, out, rows, dim), out);
  }

  /** Inputs logits, int32 targets; the loss and its gradient. */
  private static List<Implementation> crossEntropy(Request r) {
    int rows = r.size("rows");
    int classes = r.size("classes");
    MemorySegment logits = r.input(0);
    MemorySegment targets = r.input(1);
    MemorySegment dlogits = Memory.words((long) rows * classes);
    Kernels kernels = Kernels.active();
    return Implementation.ours(
        () -> kernels.crossEntropy(logits, targets, dlogits, rows, classes, IGNORED), dlogits);
  }

  /** Inputs hidden, weight, int32 targets; the loss and both gradients, never all logits. */
  private static List<Implementation> linearCrossEntropy(Request r) {
    int rows = r.size("rows");
    int dim = r.size("dim");
    int classes = r.size("classes");
    MemorySegment hidden = r.input(0);
    MemorySegment weight = r.input(1);
    MemorySegment targets = r.input(2);
    MemorySegment dhidden = Memory.words((long) rows * dim);
    MemorySegment dweight = Memory.words((long) classes * dim);
    Kernels kernels = Kernels.active();
    return Implementation.ours(
        () -> {
          dweight.fill((byte) 0);
          kernels.linearCrossEntropy(
              hidden, weight, targets, dhidden, dweight, rows, dim, classes, IGNORED);
        },
        dhidden,
        dweight);
  }
}
