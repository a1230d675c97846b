package io.tritter.kernel;

import io.tritter.tensor.NativeMemory;
import io.tritter.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.List;

/** The numbers of a tensor in every encoding. */
final class EncodedSamples {
  /** A codebook that is not sorted, and has two zeros: that of FP4. */
  static final Tensor CODEBOOK =
      Tensor.of(
          new float[] {
            0f, 0.0052f, 0.667f, 1f, 0.333f, 0.5f, 0.167f, 0.25f,
            -0f, -0.0052f, -0.667f, -1f, -0.333f, -0.5f, -0.167f, -0.25f
          },
          16);

  private EncodedSamples() {}

  /** Each encoding of {@code x}, whose rows have {@code cols} elements. */
  static List<Encoded> of(Tensor x, int cols) {
    return List.of(bfloat16(x), float16(x), fourBit(x, 32), fourBit(x, 256), int8(x, cols));
  }

  static Encoded bfloat16(Tensor x) {
    MemorySegment data = NativeMemory.allocate(2 * x.size());
    Samples.SCALAR.toBfloat16(x.data(), data, x.size());
    return new Encoded.OfBfloat16(data);
  }

  static Encoded float16(Tensor x) {
    MemorySegment data = NativeMemory.allocate(2 * x.size());
    for (long i = 0; i < x.size(); i++) {
      Native.setShort(data, i, Float.floatToFloat16(x.get(i)));
    }
    return new Encoded.OfFloat16(data);
  }

  static Encoded fourBit(Tensor x, int blockSize) {
    MemorySegment codes = NativeMemory.allocate((x.size() + 1) / 2);
    Tensor absmax = Tensor.zeros(Math.toIntExact(Math.ceilDiv(x.size(), blockSize)));
    Samples.SCALAR.encodeFourBit(
        x.data(), CODEBOOK.data(), codes, absmax.data(), x.size(), blockSize);
    return new Encoded.OfFourBit(codes, absmax.data(), CODEBOOK.data(), blockSize);
  }

  /** The last row may end early. */
  static Encoded int8(Tensor x, int cols) {
    int rows = cols == 0 ? 0 : Math.toIntExact(Math.ceilDiv(x.size(), cols));
    Tensor whole = Tensor.zeros(rows, cols);
    MemorySegment.copy(x.data(), 0, whole.data(), 0, x.data().byteSize());
    MemorySegment codes = NativeMemory.allocate(whole.size());
    Tensor scales = Tensor.zeros(rows);
    Samples.SCALAR.encodeInt8(whole.data(), codes, scales.data(), rows, cols);
    return new Encoded.OfInt8(codes, scales.data(), Math.max(1, cols));
  }
}
