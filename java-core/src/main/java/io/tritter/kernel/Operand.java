package io.tritter.kernel;

import java.lang.foreign.MemorySegment;

/**
 * A factor of {@link Matmul}: a matrix as it lies in memory.
 *
 * @param bfloat16 2 bytes an element, see {@link Bfloat16}; otherwise float32
 * @param transposed the factor is the transpose of what is in memory
 */
record Operand(MemorySegment data, boolean bfloat16, boolean transposed) {

  static Operand float32(MemorySegment data, boolean transposed) {
    return new Operand(data, false, transposed);
  }

  static Operand bfloat16(MemorySegment data, boolean transposed) {
    return new Operand(data, true, transposed);
  }

  void check(String name, long elements) {
    Native.check(name, data, elements, bfloat16 ? Short.BYTES : Float.BYTES);
  }

  float get(long index) {
    return bfloat16 ? Bfloat16.toFloat(Native.getShort(data, index)) : Native.get(data, index);
  }
}
