package io.tritter.kernel;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * A factor of {@link Matmul}: a matrix as it lies in memory.
 *
 * @param data float32; {@link MemorySegment#NULL} of an encoded factor
 * @param encoded the factor where it is not float32
 * @param transposed the factor is the transpose of what is in memory
 */
record Operand(MemorySegment data, @Nullable Encoded encoded, boolean transposed) {

  static Operand float32(MemorySegment data, boolean transposed) {
    return new Operand(data, null, transposed);
  }

  static Operand encoded(Encoded x, boolean transposed) {
    return new Operand(MemorySegment.NULL, x, transposed);
  }

  boolean isFloat32() {
    return encoded == null;
  }

  void check(String name, long elements) {
    if (encoded == null) {
      Native.check(name, data, elements);
    } else {
      encoded.check(name, elements);
    }
  }

  float get(long index) {
    return encoded == null ? Native.get(data, index) : encoded.get(index);
  }
}
