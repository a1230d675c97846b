package io.tritter.format;

import io.tritter.tensor.Check;
import io.tritter.tensor.Tensor;
import io.tritter.ternary.ScaledTrits;
import io.tritter.ternary.TritLayout;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * A tensor of a GGUF file: a type, a shape with the rows last, as everywhere here, and its bytes.
 *
 * <p>One that was read is a view of the file and goes with it. One that is to be written is encoded
 * while it is written, some rows at a time, so that a file of any size takes no memory.
 */
public final class GgufTensor {
  /** Elements that are encoded or decoded together, at least a row. */
  private static final int STEP = 1 << 18;

  private final GgufType type;
  private final int[] shape;
  private final int rowsAtOnce;
  private final Rows rows;

  /** The bytes of some rows. */
  private interface Rows {
    MemorySegment bytes(int from, int to);
  }

  private GgufTensor(GgufType type, int[] shape, int rowsAtOnce, Rows rows) {
    this.type = type;
    this.shape = shape;
    this.rowsAtOnce = rowsAtOnce;
    this.rows = rows;
    if (cols() % type.blockSize() != 0) {
      throw Check.expected(
          "shape",
          "rows of a multiple of " + type.blockSize() + " for " + type,
          Arrays.toString(shape));
    }
  }

  /**
   * Bytes as they are.
   *
   * @throws IllegalArgumentException if their number does not fit the type and shape
   */
  public static GgufTensor of(GgufType type, MemorySegment data, int... shape) {
    long rowBytes = type.sizeBytes(cols(shape));
    GgufTensor tensor =
        new GgufTensor(
            type,
            shape.clone(),
            rowsAtOnce(shape),
            (from, to) -> data.asSlice(from * rowBytes, (to - from) * rowBytes));
    if (data.byteSize() != tensor.sizeBytes()) {
      throw Check.expected(
          "data",
          "%d bytes for %s %s".formatted(tensor.sizeBytes(), type, Arrays.toString(shape)),
          data.byteSize());
    }
    return tensor;
  }

  /**
   * Numbers that are rounded to a type when they are written; {@link GgufBlocks} says how.
   *
   * @throws IllegalArgumentException if the rows are no multiple of {@link GgufType#blockSize}
   */
  public static GgufTensor of(GgufType type, Tensor values) {
    int[] shape = values.shape();
    Tensor matrix = Tensor.wrap(values.data(), rowCount(shape), cols(shape));
    return new GgufTensor(
        type,
        shape,
        rowsAtOnce(shape),
        (from, to) -> GgufBlocks.encode(type, matrix.rows(from, to)));
  }

  /**
   * Trits of TQ1_0 or TQ2_0, whose scales are rounded to float16.
   *
   * @throws IllegalArgumentException for another type, or columns that are no multiple of 256
   */
  public static GgufTensor of(GgufType type, ScaledTrits weights) {
    TritLayout layout = GgufBlocks.layout(type);
    int[] shape = {weights.trits().rows(), weights.trits().cols()};
    return new GgufTensor(
        type, shape, shape[0], (from, to) -> MemorySegment.ofArray(layout.encode(weights)));
  }

  public GgufType type() {
    return type;
  }

  /** A copy of the shape, rows last; the file has it backwards. */
  public int[] shape() {
    return shape.clone();
  }

  /** Bytes in the file. */
  public long sizeBytes() {
    return type.sizeBytes((long) rowCount(shape) * cols());
  }

  /** A new tensor with the elements as float32. */
  public Tensor toTensor() {
    Tensor tensor = Tensor.zeros(shape);
    Tensor matrix = Tensor.wrap(tensor.data(), rowCount(shape), cols());
    for (int from = 0; from < rowCount(shape); from += rowsAtOnce) {
      int to = Math.min(rowCount(shape), from + rowsAtOnce);
      GgufBlocks.decode(type, rows.bytes(from, to), matrix.rows(from, to));
    }
    return tensor;
  }

  /**
   * The trits and scales of a matrix of TQ1_0 or TQ2_0.
   *
   * @throws IllegalArgumentException for another type or shape, or bytes that are no trits
   */
  public ScaledTrits toTrits() {
    Check.shape("tensor", shape, -1, -1);
    TritLayout layout = GgufBlocks.layout(type);
    return layout.decode(rows.bytes(0, shape[0]), shape[0], shape[1]);
  }

  void writeTo(AtomicFile.Sink sink) throws IOException {
    for (int from = 0; from < rowCount(shape); from += rowsAtOnce) {
      sink.write(rows.bytes(from, Math.min(rowCount(shape), from + rowsAtOnce)));
    }
  }

  private int cols() {
    return cols(shape);
  }

  private static int cols(int[] shape) {
    if (shape.length < 1 || shape.length > GgufReader.MOST_DIMENSIONS) {
      throw Check.expected("shape", "1 to 4 dimensions", Arrays.toString(shape));
    }
    return Check.atLeast("shape", shape[shape.length - 1], 1);
  }

  private static int rowCount(int[] shape) {
    int rows = 1;
    for (int i = 0; i < shape.length - 1; i++) {
      rows = Math.multiplyExact(rows, shape[i]);
    }
    return rows;
  }

  private static int rowsAtOnce(int[] shape) {
    return Math.max(1, STEP / cols(shape));
  }

  @Override
  public String toString() {
    return type + Arrays.toString(shape);
  }
}
