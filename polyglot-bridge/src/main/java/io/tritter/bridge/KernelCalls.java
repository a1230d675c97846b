package io.tritter.bridge;

import io.tritter.kernel.Activation;
import io.tritter.kernel.Kernels;
import io.tritter.tensor.Check;
import io.tritter.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.Locale;
import org.graalvm.polyglot.HostAccess;

/**
 * Calls of {@code tritter_accel.kernels} on rows that do not depend on each other; {@link
 * SequenceCalls} has the others. Arrays are float32.
 */
public final class KernelCalls {
  private final Memory memory;

  KernelCalls(Memory memory) {
    this.memory = memory;
  }

  /**
   * Writes {@code out[i] = op(a[i]) op(b[i])} for each matrix of a batch.
   *
   * @param batchA number of matrices in {@code a}; 1: all products share it
   * @param batchB the same of {@code b}
   */
  @HostAccess.Export
  public void matmul(
      int batchA,
      int batchB,
      int rows,
      int cols,
      int inner,
      boolean transposeA,
      boolean transposeB,
      long a,
      long aSize,
      long b,
      long bSize,
      long out,
      long outSize) {
    Tensor left = memory.tensor("a", a, aSize, batchA, rows, inner);
    Tensor right = memory.tensor("b", b, bSize, batchB, inner, cols);
    int batch = Math.max(batchA, batchB);
    Tensor target = memory.tensor("out", out, outSize, batch, rows, cols);
    Kernels.active()
        .matmulBatched(
            left.data(),
            transposeA,
            stride(batchA, rows, inner),
            right.data(),
            transposeB,
            stride(batchB, inner, cols),
            target.data(),
            (long) rows * cols,
            batch,
            rows,
            cols,
            inner,
            /* accumulate= */ false);
  }

  /** Elements from one matrix to the next; 0 when all products share the only one. */
  private static long stride(int batch, int rows, int cols) {
    return batch == 1 ? 0 : (long) rows * cols;
  }

  @HostAccess.Export
  public void softmax(int rows, int dim, long x, long xSize, long out, long outSize) {
    MemorySegment from = memory.tensor("x", x, xSize, rows, dim).data();
    Kernels.active().softmax(from, memory.tensor("out", out, outSize, rows, dim).data(), rows, dim);
  }

  @HostAccess.Export
  public void rmsNorm(
      int rows,
      int dim,
      double eps,
      long x,
      long xSize,
      long weight,
      long weightSize,
      long out,
      long outSize) {
    Kernels.active()
        .rmsNorm(
            memory.tensor("x", x, xSize, rows, dim).data(),
            memory.tensor("weight", weight, weightSize, dim).data(),
            memory.tensor("out", out, outSize, rows, dim).data(),
            rows,
            dim,
            (float) Check.positive("eps", eps));
  }

  @HostAccess.Export
  public void layerNorm(
      int rows,
      int dim,
      double eps,
      long x,
      long xSize,
      long weight,
      long weightSize,
      long bias,
      long biasSize,
      long out,
      long outSize) {
    Kernels.active()
        .layerNorm(
            memory.tensor("x", x, xSize, rows, dim).data(),
            memory.tensor("weight", weight, weightSize, dim).data(),
            memory.tensor("bias", bias, biasSize, dim).data(),
            memory.tensor("out", out, outSize, rows, dim).data(),
            rows,
            dim,
            (float) Check.positive("eps", eps));
  }

  /** Writes {@code activation(gate) * up}; {@code activation} is a name of the enum. */
  @HostAccess.Export
  public void gated(
      String activation, long gate, long gateSize, long up, long upSize, long out, long outSize) {
    int n = Math.toIntExact(gateSize);
    Kernels.active()
        .gated(
            Activation.valueOf(activation.toUpperCase(Locale.ROOT)),
            memory.tensor("gate", gate, gateSize, n).data(),
            memory.tensor("up", up, upSize, n).data(),
            memory.tensor("out", out, outSize, n).data(),
            n);
  }

  /** The mean loss of the rows, in nats; {@code targets} is int32 [rows]. */
  @HostAccess.Export
  public double crossEntropy(
      int rows,
      int classes,
      int ignoreIndex,
      long logits,
      long logitsSize,
      long targets,
      long targetsSize) {
    return Kernels.active()
        .crossEntropy(
            memory.tensor("logits", logits, logitsSize, rows, classes).data(),
            ids("targets", targets, targetsSize),
            MemorySegment.NULL,
            rows,
            classes,
            ignoreIndex);
  }

  /** {@link #crossEntropy} of {@code hidden weight^T}, of which only some rows exist at a time. */
  @HostAccess.Export
  public double linearCrossEntropy(
      int rows,
      int dim,
      int classes,
      int ignoreIndex,
      long hidden,
      long hiddenSize,
      long weight,
      long weightSize,
      long targets,
      long targetsSize) {
    return Kernels.active()
        .linearCrossEntropy(
            memory.tensor("hidden", hidden, hiddenSize, rows, dim).data(),
            memory.tensor("weight", weight, weightSize, classes, dim).data(),
            ids("targets", targets, targetsSize),
            MemorySegment.NULL,
            MemorySegment.NULL,
            rows,
            dim,
            classes,
            ignoreIndex);
  }

  private MemorySegment ids(String name, long address, long size) {
    return memory.segment(name, address, size * Integer.BYTES);
  }
}
