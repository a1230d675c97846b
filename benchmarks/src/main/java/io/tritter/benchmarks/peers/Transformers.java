package io.tritter.benchmarks.peers;

import io.tritter.benchmarks.Memory;
import io.tritter.kernel.Activation;
import io.tritter.kernel.AttentionShape;
import io.tritter.kernel.Kernels;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Attention, positions and gates of a transformer. */
final class Transformers {
  static final Map<String, Function<Request, List<Implementation>>> OPERATIONS =
      Map.ofEntries(
          Map.entry("attention", Transformers::attention),
          Map.entry("attention-backward", Transformers::attentionBackward),
          Map.entry("rope", Transformers::rope),
          Map.entry("swiglu", r -> gated(r, Activation.SILU)),
          Map.entry("swiglu-backward", r -> gatedBackward(r, Activation.SILU)),
          Map.entry("geglu", r -> gated(r, Activation.GELU)),
          Map.entry("geglu-backward", r -> gatedBackward(r, Activation.GELU)));

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

  /** Inputs gate, up. */
  private static List<Implementation> gated(Request r, Activation f) {
    MemorySegment gate = r.input(0);
    MemorySegment up = r.input(1);
    long n = gate.byteSize() / Float.BYTES;
    MemorySegment out = Memory.words(n);
    Kernels kernels = Kernels.active();
    return Implementation.ours(() -> kernels.gated(f, gate, up, out, n), out);
  }

  /** Inputs gate, up, dout; a forward and a backward pass. */
  private static List<Implementation> gatedBackward(Request r, Activation f) {
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
          kernels.gated(f, gate, up, out, n);
          kernels.gatedBackward(f, gate, up, dout, dgate, dup, n);
        },
        dgate,
        dup);
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
