package io.tritter.benchmarks;

import io.tritter.kernel.AttentionShape;
import java.lang.foreign.MemorySegment;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;

/** Causal attention: a short prompt, the demo's batch, one query against a cache. */
public class AttentionBenchmark extends KernelBenchmark {
  /** Batch, heads, key heads, queries, keys, head dim. */
  @Param({"1x8x8x256x256x64", "4x4x4x128x128x32", "1x8x2x1x1024x64"})
  public String shape;

  private AttentionShape attention;
  private MemorySegment q;
  private MemorySegment k;
  private MemorySegment v;
  private MemorySegment out;
  private MemorySegment logSumExp;
  private MemorySegment dout;
  private MemorySegment dq;
  private MemorySegment dk;
  private MemorySegment dv;

  @Override
  void allocate() {
    int[] s = sizes(shape);
    float scale = (float) (1 / Math.sqrt(s[5]));
    attention = new AttentionShape(s[0], s[1], s[2], s[3], s[4], s[5], true, scale, false);
    q = Memory.normal(attention.queryElements());
    k = Memory.normal(attention.keyElements());
    v = Memory.normal(attention.keyElements());
    out = Memory.words(attention.queryElements());
    logSumExp = Memory.words((long) s[0] * s[1] * s[3]);
    dout = Memory.normal(attention.queryElements());
    dq = Memory.words(attention.queryElements());
    dk = Memory.words(attention.keyElements());
    dv = Memory.words(attention.keyElements());
    kernels.attention(q, k, v, out, logSumExp, attention);
  }

  @Benchmark
  public void attention() {
    kernels.attention(q, k, v, out, logSumExp, attention);
  }

  @Benchmark
  public void attentionBackward() {
    kernels.attentionBackward(q, k, v, out, logSumExp, dout, dq, dk, dv, attention);
  }
}
