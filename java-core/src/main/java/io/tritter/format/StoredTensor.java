package io.tritter.format;

import io.tritter.kernel.Encoded;
import io.tritter.kernel.Kernels;
import io.tritter.tensor.Check;
import io.tritter.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.ref.Reference;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * A tensor as a file holds it: element type, shape, and its bytes, row-major and little-endian.
 *
 * <p>The bytes are a view. Those of an opened file are read-only, need not be aligned and go when
 * the file is closed; {@code Tensor.wrap(data(), shape())} then reads F32 without a copy.
 */
public final class StoredTensor {
  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final DType dtype;
  private final MemorySegment data;
  private final int[] shape;

  private StoredTensor(DType dtype, MemorySegment data, int[] shape) {
    this.dtype = dtype;
    this.data = data;
    this.shape = shape;
  }

  /**
   * A view of raw elements.
   *
   * @throws IllegalArgumentException if the size does not fit the type and shape
   */
  public static StoredTensor of(DType dtype, MemorySegment data, int... shape) {
    long bytes = dtype.bytes();
    for (int n : shape) {
      bytes = Math.multiplyExact(bytes, Check.atLeast("shape", n, 0));
    }
    if (data.byteSize() != bytes) {
      throw Check.expected(
          "data",
          "%d bytes for %s %s".formatted(bytes, dtype, Arrays.toString(shape)),
          data.byteSize());
    }
    return new StoredTensor(dtype, data, shape.clone());
  }

  /** A view of a tensor as F32. */
  public static StoredTensor of(Tensor tensor) {
    return of(DType.F32, tensor.data(), tensor.shape());
  }

  /** Bytes, copied, as U8. */
  public static StoredTensor of(byte[] values, int... shape) {
    MemorySegment data = Arena.ofAuto().allocate(values.length);
    MemorySegment.copy(values, 0, data, ValueLayout.JAVA_BYTE, 0, values.length);
    return of(DType.U8, data, shape);
  }

  /** Integers, copied, as I64. */
  public static StoredTensor of(long[] values, int... shape) {
    MemorySegment data = Arena.ofAuto().allocate(values.length * (long) Long.BYTES);
    MemorySegment.copy(values, 0, data, LONG, 0, values.length);
    return of(DType.I64, data, shape);
  }

  public DType dtype() {
    return dtype;
  }

  /** A copy of the shape; empty for a scalar. */
  public int[] shape() {
    return shape.clone();
  }

  /** The bytes, {@code size() * dtype().bytes()}. */
  public MemorySegment data() {
    return data;
  }

  /** Number of elements. */
  public long size() {
    return data.byteSize() / dtype.bytes();
  }

  /** A new tensor with the elements rounded to float32; integers are exact up to 2^24. */
  public Tensor toTensor() {
    Tensor tensor = Tensor.zeros(shape);
    boolean little = ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN;
    if (dtype == DType.F32 && little) {
      tensor.data().copyFrom(data);
      return tensor;
    }
    if (little && data.isNative() && (dtype == DType.BF16 || dtype == DType.F16)) {
      widen(tensor);
      return tensor;
    }
    long size = size();
    for (long i = 0; i < size; i++) {
      tensor.set(i, dtype.toFloat(data, i));
    }
    return tensor;
  }

  /** By vectors; the address stands for mapped segments, as kernels are compiled for one class. */
  private void widen(Tensor tensor) {
    try {
      MemorySegment raw = MemorySegment.ofAddress(data.address()).reinterpret(data.byteSize());
      Encoded x = dtype == DType.BF16 ? new Encoded.OfBfloat16(raw) : new Encoded.OfFloat16(raw);
      Kernels.active().decode(x, 0, tensor.data(), tensor.size());
    } finally {
      Reference.reachabilityFence(data);
    }
  }

  /**
   * A copy of the elements of an integer type, exact.
   *
   * @throws IllegalArgumentException for a floating-point type or 2^31 elements and more
   */
  public long[] toLongs() {
    if (!dtype.isInteger()) {
      throw Check.expected("dtype", "an integer type", dtype);
    }
    if (size() > Integer.MAX_VALUE) {
      throw Check.expected("size", "at most " + Integer.MAX_VALUE + " elements", size());
    }
    long[] values = new long[(int) size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = dtype.toLong(data, i);
    }
    return values;
  }

  @Override
  public String toString() {
    return dtype + Arrays.toString(shape);
  }
}
