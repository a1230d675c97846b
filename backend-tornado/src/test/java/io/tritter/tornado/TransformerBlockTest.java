package io.tritter.tornado;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tritter.kernel.Activation;
import io.tritter.kernel.AttentionShape;
import io.tritter.kernel.Kernels;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TransformerBlockTest {
  private static final TransformerBlock BLOCK =
      new TransformerBlock(37, 96, 6, 2, 200, 10_000f, 1e-5f);
  private static final int SIZE = BLOCK.tokens() * BLOCK.dim();
  private static final int KV = BLOCK.dim() / BLOCK.heads() * BLOCK.kvHeads();

  /** Sums of up to 200 float32 products, through seven products one after the other. */
  private static final float FLOAT32_SUMS = 1e-4f;

  private static MemorySegment normal(long seed, int n, double scale) {
    Random random = new Random(seed);
    MemorySegment s = Arena.ofAuto().allocate(4L * n, 64);
    for (int k = 0; k < n; k++) {
      s.setAtIndex(ValueLayout.JAVA_FLOAT, k, (float) (scale * random.nextGaussian()));
    }
    return s;
  }

  private static MemorySegment zeros(int n) {
    return Arena.ofAuto().allocate(4L * n, 64);
  }

  private static TransformerBlock.Weights weights() {
    int dim = BLOCK.dim();
    int inner = BLOCK.inner();
    return new TransformerBlock.Weights(
        normal(1, dim, 1),
        normal(2, dim * dim, 0.1),
        normal(3, KV * dim, 0.1),
        normal(4, KV * dim, 0.1),
        normal(5, dim * dim, 0.1),
        normal(6, dim, 1),
        normal(7, inner * dim, 0.1),
        normal(8, inner * dim, 0.1),
        normal(9, dim * inner, 0.1));
  }

  /** The same with kernels of the CPU. */
  private static MemorySegment onCpu(TransformerBlock.Weights w, MemorySegment x) {
    Kernels k = Kernels.on("cpu");
    int tokens = BLOCK.tokens();
    int dim = BLOCK.dim();
    int inner = BLOCK.inner();
    int headDim = dim / BLOCK.heads();
    MemorySegment normed = zeros(SIZE);
    MemorySegment q = zeros(SIZE);
    MemorySegment keys = zeros(tokens * KV);
    MemorySegment values = zeros(tokens * KV);
    MemorySegment mixed = zeros(SIZE);
    MemorySegment y = zeros(SIZE).copyFrom(x);
    k.rmsNorm(x, w.attentionNorm(), normed, tokens, dim, BLOCK.eps());
    k.matmul(normed, false, w.query(), true, q, tokens, dim, dim, false);
    k.matmul(normed, false, w.key(), true, keys, tokens, KV, dim, false);
    k.matmul(normed, false, w.value(), true, values, tokens, KV, dim, false);
    float theta = BLOCK.theta();
    k.rope(q, q, 1, tokens, BLOCK.heads(), headDim, 0, theta, false, false);
    k.rope(keys, keys, 1, tokens, BLOCK.kvHeads(), headDim, 0, theta, false, false);
    float scale = (float) (1 / Math.sqrt(headDim));
    AttentionShape shape =
        new AttentionShape(
            1, BLOCK.heads(), BLOCK.kvHeads(), tokens, tokens, headDim, true, scale, true);
    k.attention(q, keys, values, mixed, zeros(tokens * BLOCK.heads()), shape);
    k.matmul(mixed, false, w.projection(), true, y, tokens, dim, dim, true);
    k.rmsNorm(y, w.feedForwardNorm(), normed, tokens, dim, BLOCK.eps());
    MemorySegment gate = zeros(tokens * inner);
    MemorySegment up = zeros(tokens * inner);
    k.matmul(normed, false, w.gate(), true, gate, tokens, inner, dim, false);
    k.matmul(normed, false, w.up(), true, up, tokens, inner, dim, false);
    k.gated(Activation.SILU, gate, up, gate, (long) tokens * inner);
    k.matmul(gate, false, w.down(), true, y, tokens, dim, inner, true);
    return y;
  }

  @Test
  void aBlockInOnePlanGivesWhatTheCpuGivesAndCopiesInputAndOutputOnly() {
    TransformerBlock.Weights w = weights();
    try (Sequence sequence = BLOCK.on("block", w)) {
      Traffic afterFirst = null;
      for (int run = 0; run < 3; run++) {
        MemorySegment x = normal(20 + run, SIZE, 1);
        MemorySegment y = zeros(SIZE);
        sequence.run(x, y);
        assertClose(onCpu(w, x), y);
        if (afterFirst != null) {
          Traffic each = sequence.traffic().since(afterFirst);
          assertEquals(4L * SIZE, each.toDevice());
          assertEquals(4L * SIZE, each.toHost());
        }
        afterFirst = sequence.traffic();
      }
    }
  }

  private static void assertClose(MemorySegment expected, MemorySegment actual) {
    for (int k = 0; k < SIZE; k++) {
      float e = expected.getAtIndex(ValueLayout.JAVA_FLOAT, k);
      float a = actual.getAtIndex(ValueLayout.JAVA_FLOAT, k);
      assertTrue(
          Math.abs(e - a) <= FLOAT32_SUMS * (1 + Math.abs(e)),
          "y[" + k + "]: expected " + e + ", got " + a);
    }
  }
}
