package io.tritter.tensor;

import io.tritter.kernel.Kernels;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/**
 * A float32 array, row-major, on native memory.
 *
 * <p>Memory is native always, never a {@code float[]}: the Vector API compiles one class of segment
 * well, and native memory passes to and from Python without a copy. A tensor that was allocated
 * here is zero at first and freed when it becomes unreachable; a wrapped one belongs to its owner,
 * who keeps it alive.
 */
public final class Tensor {
  private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;

  private final MemorySegment data;
  private final int[] shape;

  private Tensor(MemorySegment data, int[] shape) {
    this.data = data;
    this.shape = shape;
  }

  /** A new tensor of zeros. */
  public static Tensor zeros(int... shape) {
    long size = size(shape);
    return new Tensor(NativeMemory.allocate(size * Float.BYTES), shape.clone());
  }

  /** A new tensor with a copy of {@code values}, row by row. */
  public static Tensor of(float[] values, int... shape) {
    if (size(shape) != values.length) {
      throw Check.expected(
          "values", size(shape) + " numbers for shape " + Arrays.toString(shape), values.length);
    }
    Tensor t = zeros(shape);
    MemorySegment.copy(values, 0, t.data, FLOAT, 0, values.length);
    return t;
  }

  /**
   * A view of native memory that somebody else keeps alive.
   *
   * @throws IllegalArgumentException for heap memory or a size that does not fit the shape
   */
  public static Tensor wrap(MemorySegment data, int... shape) {
    long bytes = size(shape) * Float.BYTES;
    if (!data.isNative()) {
      throw Check.expected("data", "native memory", "a heap segment");
    }
    if (data.byteSize() != bytes) {
      throw Check.expected(
          "data", bytes + " bytes for shape " + Arrays.toString(shape), data.byteSize());
    }
    return new Tensor(data, shape.clone());
  }

  /** The memory, {@code size() * 4} bytes. */
  public MemorySegment data() {
    return data;
  }

  /** A copy of the shape. */
  public int[] shape() {
    return shape.clone();
  }

  /** Number of dimensions. */
  public int rank() {
    return shape.length;
  }

  /** Size of one dimension. */
  public int dim(int axis) {
    return shape[axis];
  }

  /** Number of elements. */
  public long size() {
    return data.byteSize() / Float.BYTES;
  }

  /** The element at a flat index. */
  public float get(long index) {
    return data.get(FLOAT, index * Float.BYTES);
  }

  /** Sets the element at a flat index. */
  public void set(long index, float value) {
    data.set(FLOAT, index * Float.BYTES, value);
  }

  /** The same memory with another shape of the same size. */
  public Tensor reshape(int... newShape) {
    if (size(newShape) != size()) {
      throw Check.expected("shape", size() + " elements", Arrays.toString(newShape));
    }
    return new Tensor(data, newShape.clone());
  }

  /** Rows {@code from..to-1} of the first dimension, on the same memory. */
  public Tensor rows(int from, int to) {
    int[] part = shape.clone();
    part[0] = to - from;
    long rowBytes = size() / shape[0] * Float.BYTES;
    return new Tensor(data.asSlice(from * rowBytes, (to - from) * rowBytes), part);
  }

  /** A new tensor with the same numbers. */
  public Tensor copy() {
    Tensor t = zeros(shape);
    t.data.copyFrom(data);
    return t;
  }

  /** Copies the numbers of a tensor of the same size. */
  public void copyFrom(Tensor other) {
    if (other.size() != size()) {
      throw Check.expected("tensor", size() + " elements", other.size());
    }
    data.copyFrom(other.data);
  }

  /** Sets every element to zero. */
  public void clear() {
    data.fill((byte) 0);
  }

  /** {@code this = alpha * x + beta * this}. */
  public void axpby(float alpha, Tensor x, float beta) {
    if (x.size() != size()) {
      throw Check.expected("x", size() + " elements", x.size());
    }
    Kernels.active().axpby(alpha, x.data, beta, data, size());
  }

  /** A copy as a Java array, for at most 2^31-1 elements. */
  public float[] toArray() {
    return data.toArray(FLOAT);
  }

  @Override
  public String toString() {
    return "Tensor" + Arrays.toString(shape);
  }

  private static long size(int[] shape) {
    long size = 1;
    for (int n : shape) {
      if (n < 0) {
        throw Check.expected("shape", "sizes of at least 0", Arrays.toString(shape));
      }
      size = Math.multiplyExact(size, n);
    }
    return size;
  }
}
