package io.tritter.bridge;

import io.tritter.optim.SparseProjection;
import io.tritter.tensor.Check;
import io.tritter.tensor.Tensor;
import org.graalvm.polyglot.HostAccess;

/** Calls of {@code tritter_accel._compress}. */
public final class CompressionCalls {
  private final Memory memory;

  CompressionCalls(Memory memory) {
    this.memory = memory;
  }

  /** Numbers that a gradient of {@code size} numbers is compressed to. */
  @HostAccess.Export
  public int compressedSize(long size, double ratio) {
    return SparseProjection.ofRatio(size, ratio, 0, "").buckets();
  }

  /** Writes the sketch, float32 [compressedSize]. */
  @HostAccess.Export
  public void compress(
      double ratio, long seed, long gradients, long size, long sketch, long sketchSize) {
    SparseProjection projection = SparseProjection.ofRatio(size, ratio, seed, "");
    Tensor gradient = memory.tensor("gradients", gradients, size, flat("gradients", size));
    memory
        .tensor("compressed", sketch, sketchSize, projection.buckets())
        .copyFrom(projection.compress(gradient));
  }

  /** Writes the estimate of the gradients that a sketch was made of. */
  @HostAccess.Export
  public void decompress(long seed, long sketch, long sketchSize, long gradients, long size) {
    int buckets = flat("compressed", sketchSize);
    Tensor estimate =
        new SparseProjection(size, buckets, seed, "")
            .decompress(
                memory.tensor("compressed", sketch, sketchSize, buckets), flat("gradients", size));
    memory.tensor("gradients", gradients, size, flat("gradients", size)).copyFrom(estimate);
  }

  private static int flat(String name, long size) {
    if (size > Integer.MAX_VALUE) {
      throw Check.expected(name, "at most 2^31-1 elements", size);
    }
    return (int) size;
  }
}
