package io.tritter.ternary;

import io.tritter.tensor.Check;
import io.tritter.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** Where the bytes of a layout hold the scales of a matrix. */
enum LayoutScales {
  /** Nowhere: they are stored beside. */
  NONE,

  /** A float16 in the last two bytes of each block. */
  BLOCK,

  /** One float32 behind the trits, in the first four of 32 bytes; the others mean nothing. */
  TAIL;

  private static final int TAIL_BYTES = 32;
  private static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  int tailBytes() {
    return this == TAIL ? TAIL_BYTES : 0;
  }

  void write(ScaledTrits weights, TritPlaces places, byte[] out) {
    MemorySegment to = MemorySegment.ofArray(out);
    if (this == TAIL) {
      to.set(FLOAT, out.length - TAIL_BYTES, single(weights));
    } else if (this == BLOCK) {
      StrandBlocks blocks = (StrandBlocks) places;
      int rows = weights.trits().rows();
      long perRow = weights.trits().cols() / blocks.blockTrits();
      Tensor scales = weights.scales();
      if (scales.size() != 1 && scales.size() != rows && scales.size() != rows * perRow) {
        throw Check.expected(
            "scales", "1, %d or %d numbers".formatted(rows, rows * perRow), scales.size());
      }
      for (long b = 0; b < rows * perRow; b++) {
        float scale = scales.get(b * scales.size() / (rows * perRow));
        to.set(SHORT, (b + 1) * blocks.blockBytes() - Short.BYTES, half(scale, b));
      }
    }
  }

  Tensor read(MemorySegment bytes, TritPlaces places, int rows, int cols) {
    if (this == NONE) {
      return Tensor.of(new float[] {1}, 1);
    }
    if (this == TAIL) {
      float scale = bytes.get(FLOAT, bytes.byteSize() - TAIL_BYTES);
      return Tensor.of(new float[] {finite(scale, 0)}, 1);
    }
    StrandBlocks blocks = (StrandBlocks) places;
    Tensor scales = Tensor.zeros(rows, cols / blocks.blockTrits());
    for (long b = 0; b < scales.size(); b++) {
      short half = bytes.get(SHORT, (b + 1) * blocks.blockBytes() - Short.BYTES);
      scales.set(b, finite(Float.float16ToFloat(half), b));
    }
    return scales;
  }

  /** The scale of every block that has trits other than 0, if there is but one. */
  private static float single(ScaledTrits weights) {
    Tensor scales = weights.scales();
    int rows = weights.trits().rows();
    int cols = weights.trits().cols();
    if (scales.size() == 1) {
      return finite(scales.get(0), 0);
    }
    if (scales.size() == 0 || scales.size() % rows != 0) {
      throw Check.expected("scales", "1 number, or as many for each row", scales.size());
    }
    int perRow = Math.toIntExact(scales.size() / rows);
    int width = Math.ceilDiv(cols, perRow);
    long single = -1;
    for (long b = 0; b < scales.size(); b++) {
      int from = (int) (b % perRow) * width;
      boolean used =
          !weights.trits().isZero((int) (b / perRow), from, Math.min(cols, from + width));
      if (used && single >= 0 && scales.get(b) != scales.get(single)) {
        throw Check.expected(
            "scales",
            "one for the matrix",
            scales.get(single) + " and " + scales.get(b) + " at " + b);
      }
      single = used && single < 0 ? b : single;
    }
    return finite(scales.get(Math.max(single, 0)), Math.max(single, 0));
  }

  private static short half(float scale, long block) {
    short half = Float.floatToFloat16(finite(scale, block));
    float rounded = Float.float16ToFloat(half);
    if (Float.isInfinite(rounded) || (rounded == 0 && scale != 0)) {
      throw Check.expected("scales", "numbers in the range of float16", scale + " at " + block);
    }
    return half;
  }

  private static float finite(float scale, long block) {
    if (!Float.isFinite(scale)) {
      throw Check.expected("scales", "finite numbers", scale + " at " + block);
    }
    return scale;
  }
}
