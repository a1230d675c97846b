package io.tritter.format;

import io.tritter.tensor.Check;
import io.tritter.tensor.NativeMemory;
import io.tritter.tensor.Tensor;
import io.tritter.ternary.ScaledTrits;
import io.tritter.ternary.TritLayout;
import io.tritter.ternary.TritMatrix;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * Rows of float32 to the blocks of a {@link GgufType} and back, as ggml and its Python package
 * round: F16 and BF16 to the nearest, ties to even; Q8_0 by {@code x * 127 / absmax}, halves away
 * from zero; TQ1_0 and TQ2_0 to {@code x / absmax} of the block, likewise.
 */
final class GgufBlocks {
  private static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private GgufBlocks() {}

  /**
   * The layout of a ternary type.
   *
   * @throws IllegalArgumentException for another type
   */
  static TritLayout layout(GgufType type) {
    return switch (type) {
      case TQ1_0 -> TritLayout.TQ1_0;
      case TQ2_0 -> TritLayout.TQ2_0;
      case F32, F16, BF16, Q8_0 -> throw Check.expected("type", "TQ1_0 or TQ2_0", type);
    };
  }

  /**
   * Encodes a matrix, row after row.
   *
   * @param values [rows, cols], cols a multiple of the block size
   */
  static MemorySegment encode(GgufType type, Tensor values) {
    if (type == GgufType.TQ1_0 || type == GgufType.TQ2_0) {
      return MemorySegment.ofArray(layout(type).encode(ternary(values, type.blockSize())));
    }
    MemorySegment out = NativeMemory.allocate(type.sizeBytes(values.size()));
    long size = values.size();
    switch (type) {
      case F32 -> {
        for (long i = 0; i < size; i++) {
          out.set(FLOAT, 4 * i, values.get(i));
        }
      }
      case F16 -> {
        for (long i = 0; i < size; i++) {
          out.set(SHORT, 2 * i, Float.floatToFloat16(values.get(i)));
        }
      }
      case BF16 -> {
        for (long i = 0; i < size; i++) {
          out.set(SHORT, 2 * i, toBfloat16(values.get(i)));
        }
      }
      case Q8_0 -> {
        for (long block = 0; block < size / type.blockSize(); block++) {
          encodeQ8(values, block, out);
        }
      }
      case TQ1_0, TQ2_0 -> throw new IllegalStateException("handled above");
    }
    return out;
  }

  /**
   * Decodes what {@link #encode} made.
   *
   * @param out [rows, cols]
   */
  static void decode(GgufType type, MemorySegment bytes, Tensor out) {
    long size = out.size();
    switch (type) {
      case F32 -> {
        for (long i = 0; i < size; i++) {
          out.set(i, bytes.get(FLOAT, 4 * i));
        }
      }
      case F16 -> {
        for (long i = 0; i < size; i++) {
          out.set(i, Float.float16ToFloat(bytes.get(SHORT, 2 * i)));
        }
      }
      case BF16 -> {
        for (long i = 0; i < size; i++) {
          out.set(i, Float.intBitsToFloat(bytes.get(SHORT, 2 * i) << 16));
        }
      }
      case Q8_0 -> {
        for (long i = 0; i < size; i++) {
          long block = i / type.blockSize() * type.blockBytes();
          float scale = Float.float16ToFloat(bytes.get(SHORT, block));
          byte q = bytes.get(ValueLayout.JAVA_BYTE, block + Short.BYTES + i % type.blockSize());
          out.set(i, scale * q);
        }
      }
      case TQ1_0, TQ2_0 -> {
        ScaledTrits weights = layout(type).decode(bytes, out.dim(0), out.dim(1));
        weights.trits().dequantize(0, out.dim(0), weights.scales(), type.blockSize(), out);
      }
    }
  }

  private static void encodeQ8(Tensor values, long block, MemorySegment out) {
    int size = GgufType.Q8_0.blockSize();
    long at = block * GgufType.Q8_0.blockBytes();
    float scale = absmax(values, block * size, size) / 127;
    float inverse = scale == 0 ? 0 : 1 / scale;
    out.set(SHORT, at, Float.floatToFloat16(scale));
    for (int i = 0; i < size; i++) {
      float x = values.get(block * size + i) * inverse;
      out.set(ValueLayout.JAVA_BYTE, at + Short.BYTES + i, (byte) roundAway(x));
    }
  }

  /** The nearest trits of each block under its largest magnitude. */
  private static ScaledTrits ternary(Tensor values, int blockSize) {
    int blocks = values.dim(1) / blockSize;
    Tensor scales = Tensor.zeros(values.dim(0), blocks);
    Tensor trits = Tensor.zeros(values.shape());
    for (long block = 0; block < scales.size(); block++) {
      float scale = absmax(values, block * blockSize, blockSize);
      float inverse = scale == 0 ? 0 : 1 / scale;
      scales.set(block, scale);
      for (long i = block * blockSize; i < (block + 1) * blockSize; i++) {
        trits.set(i, roundAway(values.get(i) * inverse));
      }
    }
    return new ScaledTrits(TritMatrix.pack(trits), scales);
  }

  private static float absmax(Tensor values, long from, int size) {
    float most = 0;
    for (long i = from; i < from + size; i++) {
      most = Math.max(most, Math.abs(values.get(i)));
    }
    return most;
  }

  /** To the nearest integer, halves away from zero, as C's roundf. */
  private static int roundAway(float x) {
    return (int) (x < 0 ? Math.ceil(x - 0.5) : Math.floor(x + 0.5));
  }

  /** To the nearest even of the upper 16 bits; a NaN stays one. */
  private static short toBfloat16(float x) {
    int bits = Float.floatToRawIntBits(x);
    if (Float.isNaN(x)) {
      return (short) (bits >> 16 | 0x40);
    }
    return (short) ((bits + 0x7FFF + (bits >> 16 & 1)) >> 16);
  }
}
