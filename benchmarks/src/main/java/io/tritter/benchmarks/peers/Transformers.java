package io.tritter.benchmarks.peers;

import io.tritter.benchmarks.Memory;
import io.tritter.kernel.AttentionShape;
import io.tritter.kernel.Kernels;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** What a transformer is made of, beside its products. */
final class Transformers {
  static final Map<String, Function<Request, List<Implementation>>> OPERATIONS =
      Map.of(
          "attention", Transformers::attention,
          "attention-backward", Transformers::attentionBackward,
          "rms-norm", Transformers::rmsNorm,
          "rms-norm-backward", Transformers::rmsNormBackward,
          "swiglu", Transformers::swiglu,
          "swiglu-backward", Transformers::swigluBackward,
          "softmax", Transformers::softmax,
          "cross-entropy", Transformers::crossEntropy,
          "rope", Transformers::rope);

  private static final float EPS = 1e-5f;

  private Transformers() {}

  /** Sizes batch, heads, kv_heads, queries, keys, head_dim, causal; heads before positions. */
  private static AttentionShape shape(Request r) {
    int headDim = r.size("head_dim");
    return new AttentionShape(
        r.size("batch"),
        r.size("heads"),
        r.size("kv_heads"),
        r.size("queries"),
        r.size("keys"),
        headDim,
        r.flag("causal"),
        (float) (1 / Math.sqrt(headDim)),
        false);
  }

  private static MemorySegment logSumExp(AttentionShape s) {
    return Memory.words((long) s.batch() * s.heads() * s.queries());
  }

  /** Inputs q, k, v. */
  private static List<Implementation> attention(Request r) {
    AttentionShape shape = shape(r);
    MemorySegment q = r.input(0);
    MemorySegment k = r.input(1);
    MemorySegment v = r.input(2);
    MemorySegment out = Memory.words(shape.queryElements());
    MemorySegment logSumExp = logSumExp(shape);
    Kernels kernels = Kernels.active();
    return Implementation.ours(() -> kernels.attention(q, k, v, out, logSumExp, shape), out);
  }

  /** Inputs q, k, v, dout; a forward and a backward pass. */
  private static List<Implementation> attentionBackward(Request r) {
    AttentionShape shape = shape(r);
    MemorySegment q = r.input(0);
    MemorySegment k = r.input(1);
    MemorySegment v = r.input(2);
    MemorySegment dout = r.input(3);
    MemorySegment out = Memory.words(shape.queryElements());
    MemorySegment logSumExp = logSumExp(shape);
    MemorySegment dq = Memory.words(shape.queryElements());
    MemorySegment dk = Memory.words(shape.keyElements());
    MemorySegment dv = Memory.words(shape.keyElements());
    Kernels kernels = Kernels.active();
    return Implementation.ours(
        () -> {
          kernels.attention(q, k, v, out, logSumExp, shape);
          kernels.attentionBackward(q, k, v, out, logSumExp, dout, dq, dk, dv, shape);
        },
        dq,
        dk,
        dv);
  }

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

  /** Inputs gate, up. */
  private static List<Implementation> swiglu(Request r) {
    MemorySegment gate = r.input(0);
    MemorySegment up = r.input(1);
    long n = gate.byteSize() / Float.BYTES;
    MemorySegment out = Memory.words(n);
    Kernels kernels = Kernels.active();
    return Implementation.ours(() -> kernels.swiglu(gate, up, out, n), out);
  }

  /** Inputs gate, up, dout; a forward and a backward pass. */
  private static List<Implementation> swigluBackward(Request r) {
    MemorySegment gate = r.input(0);
    MemorySegment up = r.input(1);
    MemorySegment dout = r.input(2);
    long n = gate.byteSize() / Float.BYTES;
    MemorySegment out = Memory.words(n);
    MemorySegment dgate = Memory.words(n);
    MemorySegment dup = Memory.words(n);
    Kernels kernels = Kernels.active();
    return Implementation.ours(
        () -> {
          kernels.swiglu(gate, up, out, n);
          kernels.swigluBackward(gate, up, dout, dgate, dup, n);
        },
        dgate,
        dup);
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
        () -> kernels.crossEntropy(logits, targets, dlogits, rows, classes, -100), dlogits);
  }

  /** Input x [batch, heads, positions, head_dim]; pairs (i, i + head_dim / 2). */
  private static List<Implementation> rope(Request r) {
    int outer = r.size("batch") * r.size("heads");
    int positions = r.size("positions");
    int headDim = r.size("head_dim");
    MemorySegment x = r.input(0);
    MemorySegment out = Memory.words((long) outer * positions * headDim);
    Kernels kernels = Kernels.active();
    return Implementation.ours(
        () -> kernels.rope(x, out, outer, positions, 1, headDim, 0, 10_000f, false, false), out);
  }
}
