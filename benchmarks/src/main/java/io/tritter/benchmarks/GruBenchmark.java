package io.tritter.benchmarks;

import java.lang.foreign.MemorySegment;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;

/** Gated recurrent units: a cell, and sequences forward and back. */
public class GruBenchmark extends KernelBenchmark {
  /** Batch, steps, inputs, hidden. */
  @Param({"16x1x128x128", "8x32x64x128"})
  public String shape;

  private int batch;
  private int steps;
  private int inputs;
  private int hidden;
  private MemorySegment x;
  private MemorySegment h0;
  private MemorySegment wIh;
  private MemorySegment wHh;
  private MemorySegment bias;
  private MemorySegment out;
  private MemorySegment gates;
  private MemorySegment dout;
  private MemorySegment dx;
  private MemorySegment dh0;
  private MemorySegment dwIh;
  private MemorySegment dwHh;
  private MemorySegment dbIh;
  private MemorySegment dbHh;

  @Override
  void allocate() {
    int[] sizes = sizes(shape);
    batch = sizes[0];
    steps = sizes[1];
    inputs = sizes[2];
    hidden = sizes[3];
    long states = (long) batch * steps * hidden;
    x = Memory.normal((long) batch * steps * inputs);
    h0 = Memory.normal((long) batch * hidden);
    wIh = Memory.normal(3L * hidden * inputs);
    wHh = Memory.normal(3L * hidden * hidden);
    bias = Memory.normal(3L * hidden);
    out = Memory.words(states);
    gates = Memory.words(4 * states);
    dout = Memory.normal(states);
    dx = Memory.words((long) batch * steps * inputs);
    dh0 = Memory.words((long) batch * hidden);
    dwIh = Memory.words(3L * hidden * inputs);
    dwHh = Memory.words(3L * hidden * hidden);
    dbIh = Memory.words(3L * hidden);
    dbHh = Memory.words(3L * hidden);
  }

  @Benchmark
  public void gru() {
    kernels.gru(x, h0, wIh, wHh, bias, bias, out, gates, batch, steps, inputs, hidden);
  }

  /** The backward pass uses the gates up, so the forward pass is part of it. */
  @Benchmark
  public void gruBackward() {
    gru();
    kernels.gruBackward(
        x, h0, wIh, wHh, out, gates, dout, dx, dh0, dwIh, dwHh, dbIh, dbHh, batch, steps, inputs,
        hidden);
  }
}
