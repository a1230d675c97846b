package io.tritter.bridge;

import io.tritter.kernel.AttentionShape;
import io.tritter.kernel.Kernels;
import io.tritter.tensor.Check;
import io.tritter.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import org.graalvm.polyglot.HostAccess;

/**
 * Calls of {@code tritter_accel.kernels} that look along a sequence. Arrays are float32; where
 * there are many, their addresses and sizes are lists, results last.
 */
public final class SequenceCalls {
  private final Memory memory;

  SequenceCalls(Memory memory) {
    this.memory = memory;
  }

  /** Turns the rows of {@code x} [outer, seqLen, headDim] by their positions. */
  @HostAccess.Export
  public void rope(
      int outer,
      int seqLen,
      int headDim,
      int firstPosition,
      double theta,
      boolean interleaved,
      boolean inverse,
      long x,
      long xSize,
      long out,
      long outSize) {
    Kernels.active()
        .rope(
            memory.tensor("x", x, xSize, outer, seqLen, headDim).data(),
            memory.tensor("out", out, outSize, outer, seqLen, headDim).data(),
            outer,
            seqLen,
            /* heads= */ 1,
            headDim,
            firstPosition,
            (float) Check.positive("theta", theta),
            interleaved,
            inverse);
  }

  /**
   * The sizes of an attention call.
   *
   * @param sizes batch, heads, kvHeads, queries, keys, headDim
   */
  @HostAccess.Export
  public AttentionShape attentionShape(int[] sizes, boolean causal, double scale) {
    return new AttentionShape(
        sizes[0],
        sizes[1],
        sizes[2],
        sizes[3],
        sizes[4],
        sizes[5],
        causal,
        (float) Check.finite("scale", scale),
        /* rowsFirst= */ false);
  }

  /** Writes {@code out} for {@code [q, k, v]}. */
  @HostAccess.Export
  public void attention(
      AttentionShape shape, long[] addresses, long[] sizes, long out, long outSize) {
    MemorySegment target = floats("out", out, outSize, shape.queryElements());
    Inputs inputs = inputs(shape, addresses, sizes);
    Kernels.active()
        .attention(inputs.q, inputs.k, inputs.v, target, logSumExp(shape).data(), shape);
  }

  /** Writes {@code [dq, dk, dv]} for {@code [q, k, v, dout]}; runs the forward pass again. */
  @HostAccess.Export
  public void attentionBackward(
      AttentionShape shape,
      long[] addresses,
      long[] sizes,
      long[] gradientAddresses,
      long[] gradientSizes) {
    Inputs inputs = inputs(shape, addresses, sizes);
    MemorySegment dout = floats("dout", addresses[3], sizes[3], shape.queryElements());
    Inputs gradients = inputs(shape, gradientAddresses, gradientSizes);
    MemorySegment out = Tensor.zeros(Math.toIntExact(shape.queryElements())).data();
    MemorySegment logSumExp = logSumExp(shape).data();
    Kernels kernels = Kernels.active();
    kernels.attention(inputs.q, inputs.k, inputs.v, out, logSumExp, shape);
    kernels.attentionBackward(
        inputs.q,
        inputs.k,
        inputs.v,
        out,
        logSumExp,
        dout,
        gradients.q,
        gradients.k,
        gradients.v,
        shape);
  }

  private record Inputs(MemorySegment q, MemorySegment k, MemorySegment v) {}

  private Inputs inputs(AttentionShape shape, long[] addresses, long[] sizes) {
    return new Inputs(
        floats("q", addresses[0], sizes[0], shape.queryElements()),
        floats("k", addresses[1], sizes[1], shape.keyElements()),
        floats("v", addresses[2], sizes[2], shape.keyElements()));
  }

  private static Tensor logSumExp(AttentionShape shape) {
    return Tensor.zeros(shape.batch(), shape.heads(), shape.queries());
  }

  /**
   * Writes {@code out} [batch, seqLen, hidden] for {@code [x, h0, wIh, wHh, bIh, bHh]}.
   *
   * @see Kernels#gru
   */
  @HostAccess.Export
  public void gru(
      int batch,
      int seqLen,
      int inputs,
      int hidden,
      long[] addresses,
      long[] sizes,
      long out,
      long outSize) {
    Gru gru = new Gru(batch, seqLen, inputs, hidden);
    gru.forward(gru.arguments(addresses, sizes), floats("out", out, outSize, gru.states()));
  }

  /** Writes the gradients of {@link #gru}'s arguments, which {@code dout} follows in the lists. */
  @HostAccess.Export
  public void gruBackward(
      int batch,
      int seqLen,
      int inputs,
      int hidden,
      long[] addresses,
      long[] sizes,
      long[] gradientAddresses,
      long[] gradientSizes) {
    Gru gru = new Gru(batch, seqLen, inputs, hidden);
    MemorySegment[] a = gru.arguments(addresses, sizes);
    MemorySegment[] d = gru.arguments(gradientAddresses, gradientSizes);
    MemorySegment dout = floats("dout", addresses[a.length], sizes[a.length], gru.states());
    MemorySegment out = Tensor.zeros(batch, seqLen, hidden).data();
    MemorySegment gates = gru.forward(a, out);
    for (int i = 2; i < d.length; i++) {
      d[i].fill((byte) 0); // gradients of parameters are added to
    }
    Kernels.active()
        .gruBackward(
            a[0], a[1], a[2], a[3], out, gates, dout, d[0], d[1], d[2], d[3], d[4], d[5], batch,
            seqLen, inputs, hidden);
  }

  /** The sizes of a gated recurrent unit. */
  private final class Gru {
    private static final String[] NAMES = {"x", "h0", "w_ih", "w_hh", "b_ih", "b_hh"};
    private static final int GATES = 4;

    private final int batch;
    private final int seqLen;
    private final int inputs;
    private final int hidden;

    Gru(int batch, int seqLen, int inputs, int hidden) {
      this.batch = batch;
      this.seqLen = seqLen;
      this.inputs = inputs;
      this.hidden = hidden;
    }

    long states() {
      return (long) batch * seqLen * hidden;
    }

    MemorySegment[] arguments(long[] addresses, long[] sizes) {
      long rows = 3L * hidden;
      long[] elements = {
        (long) batch * seqLen * inputs,
        (long) batch * hidden,
        rows * inputs,
        rows * hidden,
        rows,
        rows
      };
      MemorySegment[] arguments = new MemorySegment[NAMES.length];
      for (int i = 0; i < arguments.length; i++) {
        arguments[i] = floats(NAMES[i], addresses[i], sizes[i], elements[i]);
      }
      return arguments;
    }

    /** Writes {@code out}; what the backward pass reads is the result. */
    MemorySegment forward(MemorySegment[] a, MemorySegment out) {
      MemorySegment gates = Tensor.zeros(GATES, batch, seqLen, hidden).data();
      Kernels.active()
          .gru(a[0], a[1], a[2], a[3], a[4], a[5], out, gates, batch, seqLen, inputs, hidden);
      return gates;
    }
  }

  private MemorySegment floats(String name, long address, long size, long elements) {
    return memory.tensor(name, address, size, Math.toIntExact(elements)).data();
  }
}
