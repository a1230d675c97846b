package io.tritter.kernel;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * Ternary products by popcounts: {@code x . t = sum_p 2^p (popcount(x_p & t+) - popcount(x_p &
 * t-))}, plane 7 counting -128.
 *
 * <p>One popcount a plane is enough: where t+ and t- exclude each other, {@code popcount(x_p & t+ |
 * ~x_p & t-) = popcount(x_p & t+) - popcount(x_p & t-) + popcount(t-)}, and the factors 2^p of the
 * eight planes add up to -1.
 */
final class PlaneWeights implements TernaryWeights {
  private static final int PLANES = ActivationPlanes.PLANES;
  private static final long EVEN = 0x5555_5555_5555_5555L;

  /** Rows of a tile: with 8192 columns two planes of 64 KiB each, which an L2 cache holds. */
  private static final int TILE_ROWS = 64;

  /** Rows of x whose planes are made at a time. */
  private static final int TILE_BATCH = 64;

  private final TernaryLevel level;
  private final int rows;
  private final int cols;
  private final int words;

  /** [rows, words, 2]: plus, then minus. */
  private final long[] planes;

  PlaneWeights(MemorySegment packed, int rows, int cols, TernaryLevel level) {
    Native.check("packed", packed, TernaryMatmul.layoutBytes(rows, cols), Byte.BYTES);
    this.level = level;
    this.rows = rows;
    this.cols = cols;
    words = Math.ceilDiv(cols, Long.SIZE);
    planes = new long[Math.multiplyExact(rows, 2 * words)];
    Workers.run(rows, r -> load(packed, r));
  }

  private void load(MemorySegment packed, int row) {
    int bytes = TernaryMatmul.rowBytes(cols);
    long from = (long) row * bytes;
    for (int i = 0; i < bytes; i++) {
      long code = Native.getByte(packed, from + i) & 255;
      int word = 2 * (row * words + i / 16);
      int shift = 4 * (i % 16);
      planes[word] |= Long.compress(code, EVEN) << shift;
      planes[word + 1] |= Long.compress(code, ~EVEN) << shift;
    }
  }

  @Override
  public TernaryLevel level() {
    return level;
  }

  @Override
  public long sizeBytes() {
    return (long) planes.length * Long.BYTES;
  }

  @Override
  public void multiply(MemorySegment x, MemorySegment out, int batch) {
    TernaryMatmul.check(x, out, batch, rows, cols);
    run(x, null, out, batch, cols);
  }

  @Override
  public void multiplyGrouped(
      MemorySegment x, MemorySegment scales, MemorySegment out, int batch, int groupSize) {
    TernaryMatmul.check(x, out, batch, rows, cols);
    TernaryMatmul.groups(scales, rows, cols, groupSize);
    run(x, scales, out, batch, groupSize);
  }

  private void run(
      MemorySegment x,
      @Nullable MemorySegment scales,
      MemorySegment out,
      int batch,
      int groupSize) {
    int tileRows = level == TernaryLevel.BASIC ? rows : TILE_ROWS;
    int tileBatch = level == TernaryLevel.BASIC ? 1 : TILE_BATCH;
    for (int first = 0; first < batch; first += tileBatch) {
      int from = first;
      int count = Math.min(tileBatch, batch - first);
      long[] activations = ActivationPlanes.of(x, first, count, cols);
      Workers.run(
          Math.ceilDiv(rows, tileRows),
          tile -> {
            int lastRow = Math.min(rows, (tile + 1) * tileRows);
            for (int b = 0; b < count; b++) {
              for (int r = tile * tileRows; r < lastRow; r++) {
                long at = (long) (from + b) * rows + r;
                if (scales == null) {
                  Native.setInt(out, at, dot(activations, b, r, 0, cols));
                } else {
                  Native.set(out, at, scaled(activations, scales, b, r, groupSize));
                }
              }
            }
          });
    }
  }

  private float scaled(long[] x, MemorySegment scales, int b, int r, int groupSize) {
    int groups = (int) Math.ceilDiv((long) cols, groupSize);
    float sum = 0;
    for (int g = 0; g < groups; g++) {
      int from = g * groupSize;
      int to = (int) Math.min(cols, (long) from + groupSize);
      sum += Native.get(scales, (long) r * groups + g) * dot(x, b, r, from, to);
    }
    return sum;
  }

  /** Over columns from..to-1. */
  private int dot(long[] x, int b, int r, int from, int to) {
    int first = from / Long.SIZE;
    int last = (to - 1) / Long.SIZE;
    long head = -1L << from;
    long tail = -1L >>> -to;
    int xRow = b * words;
    int row = r * words;
    if (first == last) {
      return word(x, xRow + first, row + first, head & tail);
    }
    return word(x, xRow + first, row + first, head)
        + dot(x, xRow, planes, row, first + 1, last)
        + word(x, xRow + last, row + last, tail);
  }

  private int word(long[] x, int xWord, int word, long mask) {
    long plus = planes[2 * word] & mask;
    long minus = planes[2 * word + 1] & mask;
    int sum = Long.bitCount(minus);
    for (int p = 0; p < PLANES; p++) {
      int count = Long.bitCount(blend(x[xWord * PLANES + p], plus, minus)) << p;
      sum += p == 7 ? -count : count;
    }
    return sum;
  }

  private static long blend(long bits, long plus, long minus) {
    return (bits & plus) | (~bits & minus);
  }

  /** Over whole words from..to-1. */
  private static int dot(long[] x, int xRow, long[] planes, int row, int from, int to) {
    int c0 = 0;
    int c1 = 0;
    int c2 = 0;
    int c3 = 0;
    int c4 = 0;
    int c5 = 0;
    int c6 = 0;
    int c7 = 0;
    int negative = 0;
    for (int w = from; w < to; w++) {
      long plus = planes[2 * (row + w)];
      long minus = planes[2 * (row + w) + 1];
      int at = (xRow + w) * PLANES;
      negative += Long.bitCount(minus);
      c0 += Long.bitCount(blend(x[at], plus, minus));
      c1 += Long.bitCount(blend(x[at + 1], plus, minus));
      c2 += Long.bitCount(blend(x[at + 2], plus, minus));
      c3 += Long.bitCount(blend(x[at + 3], plus, minus));
      c4 += Long.bitCount(blend(x[at + 4], plus, minus));
      c5 += Long.bitCount(blend(x[at + 5], plus, minus));
      c6 += Long.bitCount(blend(x[at + 6], plus, minus));
      c7 += Long.bitCount(blend(x[at + 7], plus, minus));
    }
    return negative + c0 + (c1 << 1) + (c2 << 2) + (c3 << 3) + (c4 << 4) + (c5 << 5) + (c6 << 6)
        - (c7 << 7);
  }
}
