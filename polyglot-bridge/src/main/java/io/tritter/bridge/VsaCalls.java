package io.tritter.bridge;

import io.tritter.tensor.Check;
import io.tritter.ternary.PackedTrits;
import io.tritter.vsa.Binding;
import io.tritter.vsa.Hypervector;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import org.graalvm.polyglot.HostAccess;

/** Calls of {@code tritter_accel._vsa}: hypervectors as int8 trits [dim]. */
public final class VsaCalls {
  private final Memory memory;

  VsaCalls(Memory memory) {
    this.memory = memory;
  }

  @HostAccess.Export
  public void bind(
      String law, long a, long aSize, long b, long bSize, long target, long targetSize) {
    Hypervector bound = Binding.named(law).bind(vector("a", a, aSize), vector("b", b, bSize));
    write(bound, target, targetSize);
  }

  @HostAccess.Export
  public void unbind(
      String law, long a, long aSize, long b, long bSize, long target, long targetSize) {
    Hypervector other = Binding.named(law).unbind(vector("a", a, aSize), vector("b", b, bSize));
    write(other, target, targetSize);
  }

  /**
   * Bundles the rows of a matrix.
   *
   * @param vectors int8 [rows, dim]
   * @param weights float32 [rows], or no elements for votes of one
   */
  @HostAccess.Export
  public void bundle(
      int rows,
      long vectors,
      long vectorsSize,
      long weights,
      long weightsSize,
      long target,
      long targetSize) {
    Check.atLeast("vectors", rows, 1);
    long dim = vectorsSize / rows;
    List<Hypervector> parts = new ArrayList<>();
    for (int r = 0; r < rows; r++) {
      parts.add(vector("vectors[" + r + "]", vectors + r * dim, dim));
    }
    Hypervector sum =
        weightsSize == 0
            ? Hypervector.bundle(parts)
            : Hypervector.bundle(
                parts, memory.tensor("weights", weights, weightsSize, rows).toArray());
    write(sum, target, targetSize);
  }

  /**
   * Compares two hypervectors.
   *
   * @param metric {@code cosine}, {@code dot} or {@code hamming}
   */
  @HostAccess.Export
  public double similarity(String metric, long a, long aSize, long b, long bSize) {
    Hypervector left = vector("a", a, aSize);
    Hypervector right = vector("b", b, bSize);
    return switch (metric) {
      case "cosine" -> left.cosine(right);
      case "dot" -> left.dot(right);
      case "hamming" -> left.hamming(right);
      default -> throw Check.expected("metric", "one of [cosine, dot, hamming]", metric);
    };
  }

  @HostAccess.Export
  public void random(long seed, long target, long targetSize) {
    write(Hypervector.random(Math.toIntExact(targetSize), seed), target, targetSize);
  }

  private Hypervector vector(String name, long address, long size) {
    MemorySegment trits = memory.segment(name, address, size);
    try {
      return Hypervector.of(PackedTrits.of(trits.toArray(ValueLayout.JAVA_BYTE)));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(name + ": " + e.getMessage(), e);
    }
  }

  private void write(Hypervector vector, long target, long size) {
    byte[] trits = vector.trits().toInt8();
    if (trits.length != size) {
      throw Check.expected("output", trits.length + " trits", size);
    }
    memory.segment("output", target, size).copyFrom(MemorySegment.ofArray(trits));
  }
}
