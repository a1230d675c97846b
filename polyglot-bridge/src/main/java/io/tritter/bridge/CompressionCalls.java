package io.tritter.bridge;

import io.tritter.format.GradientMessage;
import io.tritter.optim.CompressedGradients;
import io.tritter.optim.CompressionReport;
import io.tritter.optim.GradientCompressor;
import io.tritter.optim.ParameterShapes;
import io.tritter.optim.SparseProjection;
import io.tritter.optim.TernaryAccumulator;
import io.tritter.tensor.Check;
import io.tritter.tensor.Tensor;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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

  /** Compresses step after step what is given for these parameters. */
  @HostAccess.Export
  public GradientCompressor compressor(String[] names, int[][] shapes, double ratio, long seed) {
    ParameterShapes parameters = ParameterShapes.of(List.of(names), List.of(shapes));
    return memory.keep(
        "shapes",
        Math.multiplyExact(parameters.elements(), Float.BYTES),
        () -> new GradientCompressor(parameters, ratio, seed));
  }

  /** The message of a step. */
  @HostAccess.Export
  public Message message(
      GradientCompressor compressor,
      String[] names,
      int[][] shapes,
      long[] gradients,
      long[] sizes) {
    Map<String, Tensor> given = memory.tensors(names, shapes, gradients, sizes);
    return new Message(GradientMessage.write(compressor.compress(given)));
  }

  /** The bytes of a message. */
  @SuppressWarnings("ArrayRecordComponent") // a handle, which nobody compares
  public record Message(byte[] bytes) {}

  @HostAccess.Export
  public int messageSize(Message message) {
    return message.bytes.length;
  }

  @HostAccess.Export
  public void messageBytes(Message message, long out, long outSize) {
    memory.segment("out", out, outSize).copyFrom(MemorySegment.ofArray(message.bytes));
  }

  /** The mean of the gradients of messages. */
  @HostAccess.Export
  public Gradients mean(long[] messages, long[] sizes) throws IOException {
    List<CompressedGradients> workers = new ArrayList<>();
    for (int i = 0; i < messages.length; i++) {
      workers.add(read("messages[" + i + "]", messages[i], sizes[i]));
    }
    Check.atLeast("messages", workers.size(), 1);
    return memory.keep(
        "messages",
        Math.multiplyExact(workers.getFirst().shapes().elements(), Float.BYTES),
        () -> {
          Map<String, Tensor> mean = CompressedGradients.mean(workers);
          return new Gradients(List.copyOf(mean.keySet()), List.copyOf(mean.values()));
        });
  }

  private CompressedGradients read(String name, long message, long size) throws IOException {
    byte[] bytes = memory.segment(name, message, size).toArray(ValueLayout.JAVA_BYTE);
    return GradientMessage.read(name, bytes);
  }

  /** Gradients and their names. */
  public record Gradients(List<String> names, List<Tensor> tensors) {}

  @HostAccess.Export
  public int count(Gradients gradients) {
    return gradients.names.size();
  }

  @HostAccess.Export
  public String name(Gradients gradients, int index) {
    return gradients.names.get(index);
  }

  @HostAccess.Export
  public Tensor gradient(Gradients gradients, int index) {
    return gradients.tensors.get(index);
  }

  /** Bytes of the gradients and of the message's blocks, cosine, relative error. */
  @HostAccess.Export
  public Object[] report(
      String[] names,
      int[][] shapes,
      long message,
      long messageSize,
      long[] gradients,
      long[] sizes)
      throws IOException {
    CompressionReport report =
        read("message", message, messageSize)
            .report(memory.tensors(names, shapes, gradients, sizes));
    return new Object[] {report.originalBytes(), report.cosine(), report.relativeError()};
  }

  @HostAccess.Export
  public TernaryAccumulator accumulator(int size, long seed) {
    return memory.keep("size", size / 4L, () -> new TernaryAccumulator(size, seed));
  }

  @HostAccess.Export
  public void accumulate(TernaryAccumulator accumulator, long values, long size) {
    accumulator.add(memory.tensor("values", values, size, flat("values", size)));
  }

  @HostAccess.Export
  public void accumulated(TernaryAccumulator accumulator, long sum, long size) {
    memory.tensor("sum", sum, size, flat("sum", size)).copyFrom(accumulator.sum());
  }

  @HostAccess.Export
  public long accumulatorBytes(TernaryAccumulator accumulator) {
    return accumulator.sizeBytes();
  }

  private static int flat(String name, long size) {
    if (size > Integer.MAX_VALUE) {
      throw Check.expected(name, "at most 2^31-1 elements", size);
    }
    return (int) size;
  }
}
