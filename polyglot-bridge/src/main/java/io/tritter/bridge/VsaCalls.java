package io.tritter.bridge;

import io.tritter.tensor.Check;
import io.tritter.vsa.Binding;
import io.tritter.vsa.Hypervector;
import java.util.List;
import org.graalvm.polyglot.HostAccess;

/** Calls of {@code tritter_accel.vsa} on hypervectors, int8 trits [dim]. */
public final class VsaCalls {
  private final Memory memory;
  private final Hypervectors vectors;

  VsaCalls(Memory memory) {
    this.memory = memory;
    vectors = new Hypervectors(memory);
  }

  @HostAccess.Export
  public void bind(
      String law, long a, long aSize, long b, long bSize, long target, long targetSize) {
    Hypervector left = vectors.read("a", a, aSize);
    vectors.write(Binding.named(law).bind(left, vectors.read("b", b, bSize)), target, targetSize);
  }

  @HostAccess.Export
  public void unbind(
      String law, long a, long aSize, long b, long bSize, long target, long targetSize) {
    Hypervector bound = vectors.read("a", a, aSize);
    vectors.write(
        Binding.named(law).unbind(bound, vectors.read("b", b, bSize)), target, targetSize);
  }

  /**
   * Bundles hypervectors.
   *
   * @param weights float32, one for each, or no elements for votes of one
   */
  @HostAccess.Export
  public void bundle(
      long[] addresses,
      long[] sizes,
      long weights,
      long weightsSize,
      long target,
      long targetSize) {
    List<Hypervector> parts = vectors.read("vectors", addresses, sizes);
    Hypervector sum =
        weightsSize == 0
            ? Hypervector.bundle(parts)
            : Hypervector.bundle(
                parts, memory.tensor("weights", weights, weightsSize, parts.size()).toArray());
    vectors.write(sum, target, targetSize);
  }

  @HostAccess.Export
  public void permute(int shift, long vector, long size, long target, long targetSize) {
    vectors.write(vectors.read("vector", vector, size).permute(shift), target, targetSize);
  }

  /**
   * Compares two hypervectors.
   *
   * @param metric {@code cosine}, {@code dot} or {@code hamming}
   */
  @HostAccess.Export
  public double similarity(String metric, long a, long aSize, long b, long bSize) {
    Hypervector left = vectors.read("a", a, aSize);
    Hypervector right = vectors.read("b", b, bSize);
    return switch (metric) {
      case "cosine" -> left.cosine(right);
      case "dot" -> left.dot(right);
      case "hamming" -> left.hamming(right);
      default -> throw Check.expected("metric", "one of [cosine, dot, hamming]", metric);
    };
  }

  @HostAccess.Export
  public void random(long seed, long target, long targetSize) {
    vectors.write(Hypervector.random(Math.toIntExact(targetSize), seed), target, targetSize);
  }
}
