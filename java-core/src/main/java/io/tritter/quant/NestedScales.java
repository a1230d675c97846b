package io.tritter.quant;

import io.tritter.tensor.Check;
import io.tritter.tensor.NativeMemory;
import io.tritter.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Scales in 8 bits (Dettmers et al., 2023, QLoRA, "double quantization"): {@code scale[i] = map[
 * codes[i]] * absmax[i / blockSize] + offset}.
 *
 * @param codes a byte a scale
 * @param absmax one a block of scales
 * @param map the numbers of the codes, [256]
 * @param offset the mean of the scales
 * @param blockSize scales of a block
 */
public record NestedScales(
    MemorySegment codes, Tensor absmax, Tensor map, float offset, int blockSize) {
  /** Size of the blocks that {@link #of} makes. */
  public static final int BLOCK_SIZE = 256;

  public NestedScales {
    Check.atLeast("blockSize", blockSize, 1);
    Check.shape("map", map.shape(), BLOCK_SIZE);
    Check.shape(
        "absmax", absmax.shape(), Math.toIntExact(Math.ceilDiv(codes.byteSize(), blockSize)));
    Check.finite("offset", offset);
  }

  /** The nearest of the numbers of {@link DynamicMap}. */
  static NestedScales of(Tensor scales) {
    int n = Math.toIntExact(scales.size());
    float offset = n == 0 ? 0 : CascadeSum.of(scales) / n;
    float[] map = DynamicMap.signed();
    MemorySegment codes = NativeMemory.allocate(n);
    Tensor absmax = Tensor.zeros(Math.ceilDiv(n, BLOCK_SIZE));
    for (int from = 0; from < n; from += BLOCK_SIZE) {
      int to = Math.min(n, from + BLOCK_SIZE);
      float largest = 0;
      for (int i = from; i < to; i++) {
        largest = Math.max(largest, Math.abs(scales.get(i) - offset));
      }
      absmax.set(from / BLOCK_SIZE, largest);
      float divisor = Math.max(largest, Float.MIN_NORMAL);
      for (int i = from; i < to; i++) {
        int code = DynamicMap.nearest(map, (scales.get(i) - offset) / divisor);
        codes.set(ValueLayout.JAVA_BYTE, i, (byte) code);
      }
    }
    return new NestedScales(codes, absmax, Tensor.of(map, map.length), offset, BLOCK_SIZE);
  }

  /** The scales. */
  public Tensor decode() {
    Tensor scales = Tensor.zeros(Math.toIntExact(codes.byteSize()));
    for (int i = 0; i < scales.size(); i++) {
      int code = Byte.toUnsignedInt(codes.get(ValueLayout.JAVA_BYTE, i));
      scales.set(i, map.get(code) * absmax.get(i / blockSize) + offset);
    }
    return scales;
  }

  /** Bytes of codes, absmax and map. */
  public long sizeBytes() {
    return codes.byteSize() + Float.BYTES * (absmax.size() + map.size());
  }
}
