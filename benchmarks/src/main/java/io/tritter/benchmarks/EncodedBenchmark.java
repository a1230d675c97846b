package io.tritter.benchmarks;

import io.tritter.kernel.Encoded;
import java.lang.foreign.MemorySegment;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;

/** Matrices of 4 and 8 bits a weight: made, expanded, and multiplied without being expanded. */
public class EncodedBenchmark extends KernelBenchmark {
  private static final int BLOCK = 64;

  /** Rows of activations, rows and columns of weights. */
  @Param({"1x1024x1024", "128x1024x1024"})
  public String shape;

  private int rows;
  private int outputs;
  private int inputs;
  private MemorySegment x;
  private MemorySegment y;
  private MemorySegment weight;
  private MemorySegment out;
  private MemorySegment codebook;
  private MemorySegment codes;
  private MemorySegment absmax;
  private MemorySegment bytes;
  private MemorySegment scales;
  private Encoded encoded;

  @Override
  void allocate() {
    int[] sizes = sizes(shape);
    rows = sizes[0];
    outputs = sizes[1];
    inputs = sizes[2];
    long weights = (long) outputs * inputs;
    x = Memory.normal((long) rows * inputs);
    y = Memory.words((long) rows * outputs);
    weight = Memory.normal(weights);
    out = Memory.words(weights);
    codebook = Memory.normal(16);
    codes = Memory.bytes(weights / 2);
    absmax = Memory.words(weights / BLOCK);
    bytes = Memory.bytes(weights);
    scales = Memory.words(outputs);
    encoded = new Encoded.OfFourBit(codes, absmax, codebook, BLOCK);
    encodeFourBit();
  }

  @Benchmark
  public void encodeFourBit() {
    kernels.encodeFourBit(weight, codebook, codes, absmax, (long) outputs * inputs, BLOCK);
  }

  @Benchmark
  public void encodeInt8() {
    kernels.encodeInt8(weight, bytes, scales, outputs, inputs);
  }

  @Benchmark
  public void decode() {
    kernels.decode(encoded, 0, out, (long) outputs * inputs);
  }

  @Benchmark
  public void matmulEncoded() {
    kernels.matmulEncoded(x, false, encoded, true, y, rows, outputs, inputs, false);
  }
}
