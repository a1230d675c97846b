package io.tritter.kernel;

import java.lang.foreign.MemorySegment;

/**
 * Numbers in memory that are not float32. Kernels decode a tile of them at a time, so that the
 * whole never exists in float32.
 */
public sealed interface Encoded {
  /** Refuses heap memory, and memory that is too small for so many elements. */
  void check(String name, long elements);

  /** The element at an index. */
  float get(long index);

  /**
   * The upper halves of float32.
   *
   * @param data 2 bytes an element
   */
  record OfBfloat16(MemorySegment data) implements Encoded {
    @Override
    public void check(String name, long elements) {
      Native.check(name, data, elements, Short.BYTES);
    }

    @Override
    public float get(long index) {
      return Bfloat16.toFloat(Native.getShort(data, index));
    }
  }

  /**
   * Halves of IEEE 754.
   *
   * @param data 2 bytes an element
   */
  record OfFloat16(MemorySegment data) implements Encoded {
    @Override
    public void check(String name, long elements) {
      Native.check(name, data, elements, Short.BYTES);
    }

    @Override
    public float get(long index) {
      return Float.float16ToFloat(Native.getShort(data, index));
    }
  }

  /**
   * {@code codebook[code] * absmax[index / blockSize]} (Dettmers et al., 2023, QLoRA).
   *
   * @param codes 4 bits an element, the first of a pair in the high half of its byte
   * @param absmax float32, one a block
   * @param codebook float32 [16]
   * @param blockSize elements of a block: a power of two from 32 on
   */
  record OfFourBit(MemorySegment codes, MemorySegment absmax, MemorySegment codebook, int blockSize)
      implements Encoded {

    public OfFourBit {
      FourBit.checkBlockSize(blockSize);
    }

    @Override
    public void check(String name, long elements) {
      Native.check(name, codes, (elements + 1) / 2, Byte.BYTES);
      Native.check(name + ".absmax", absmax, Math.ceilDiv(elements, blockSize));
      Native.check(name + ".codebook", codebook, FourBit.CODES);
    }

    @Override
    public float get(long index) {
      return Native.get(codebook, FourBit.code(codes, index))
          * Native.get(absmax, index / blockSize);
    }
  }

  /**
   * {@code code * scales[index / cols]}.
   *
   * @param codes int8
   * @param scales float32, one a row
   * @param cols elements of a row
   */
  record OfInt8(MemorySegment codes, MemorySegment scales, int cols) implements Encoded {
    public OfInt8 {
      if (cols < 1) {
        throw new IllegalArgumentException("cols: expected at least 1, got " + cols);
      }
    }

    @Override
    public void check(String name, long elements) {
      Native.check(name, codes, elements, Byte.BYTES);
      Native.check(name + ".scales", scales, Math.ceilDiv(elements, cols));
    }

    @Override
    public float get(long index) {
      return Native.getByte(codes, index) * Native.get(scales, index / cols);
    }
  }
}
