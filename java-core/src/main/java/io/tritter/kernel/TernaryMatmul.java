package io.tritter.kernel;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * Products of int8 activations and ternary weights, {@code out[b, r] = sum_c x[b, c] * trit[r, c]},
 * in integers, exact for every input (below 2^24 columns).
 *
 * <p>The layout of the scalar definition is the 2-bit bytes themselves.
 */
final class TernaryMatmul {
  private TernaryMatmul() {}

  static long layoutBytes(int rows, int cols) {
    return (long) rows * rowBytes(cols);
  }

  static void layout(MemorySegment packed, MemorySegment layout, int rows, int cols) {
    Native.check("packed", packed, layoutBytes(rows, cols), Byte.BYTES);
    Native.check("layout", layout, layoutBytes(rows, cols), Byte.BYTES);
    MemorySegment.copy(packed, 0, layout, 0, layoutBytes(rows, cols));
  }

  static void run(
      MemorySegment x, MemorySegment layout, MemorySegment out, int batch, int rows, int cols) {
    check(x, layout, layoutBytes(rows, cols), out, batch, rows, cols);
    for (int b = 0; b < batch; b++) {
      for (int r = 0; r < rows; r++) {
        Native.setInt(out, (long) b * rows + r, dot(x, layout, b, r, cols, 0, cols));
      }
    }
  }

  static void grouped(
      MemorySegment x,
      MemorySegment layout,
      MemorySegment scales,
      MemorySegment out,
      int batch,
      int rows,
      int cols,
      int groupSize) {
    check(x, layout, layoutBytes(rows, cols), out, batch, rows, cols);
    int groups = groups(scales, rows, cols, groupSize);
    for (int b = 0; b < batch; b++) {
      for (int r = 0; r < rows; r++) {
        float sum = 0;
        for (int g = 0; g < groups; g++) {
          int from = g * groupSize;
          int to = (int) Math.min(cols, (long) from + groupSize);
          float scale = Native.get(scales, (long) r * groups + g);
          sum += scale * dot(x, layout, b, r, cols, from, to);
        }
        Native.set(out, (long) b * rows + r, sum);
      }
    }
  }

  static void scaled(
      MemorySegment x,
      MemorySegment layout,
      MemorySegment xScales,
      float scale,
      MemorySegment out,
      int batch,
      int rows,
      int cols) {
    Native.check("xScales", xScales, batch);
    run(x, layout, out, batch, rows, cols);
    for (long b = 0; b < batch; b++) {
      scaleRow(out, scale * Native.get(xScales, b), b * rows, (b + 1) * rows);
    }
  }

  /** From int32 to float32, in place. */
  private static void scaleRow(MemorySegment out, float factor, long from, long to) {
    for (long i = from; i < to; i++) {
      Native.set(out, i, factor * Native.getInt(out, i));
    }
  }

  /** {@code out[b, r] = 0 + scales[r] * out[b, r]}, from int32 to float32 in place. */
  static void scaleSums(MemorySegment out, MemorySegment scales, int batch, int rows) {
    for (int b = 0; b < batch; b++) {
      for (int r = 0; r < rows; r++) {
        long at = (long) b * rows + r;
        Native.set(out, at, 0f + Native.get(scales, r) * Native.getInt(out, at));
      }
    }
  }

  private static int dot(
      MemorySegment x, MemorySegment packed, int b, int r, int cols, int from, int to) {
    long row = (long) r * rowBytes(cols);
    int sum = 0;
    for (int c = from; c < to; c++) {
      int code = (Native.getByte(packed, row + c / 4) >> (c % 4 * 2)) & 3;
      int activation = Native.getByte(x, (long) b * cols + c);
      sum += code == 1 ? activation : code == 2 ? -activation : 0;
    }
    return sum;
  }

  static int rowBytes(int cols) {
    return (int) ((cols + 3L) / 4);
  }

  /** Groups of a row, after a check of the sizes. */
  static int groups(MemorySegment scales, int rows, int cols, int groupSize) {
    if (groupSize < 1) {
      throw new IllegalArgumentException("groupSize: expected at least 1, got " + groupSize);
    }
    int groups = (int) (((long) cols + groupSize - 1) / groupSize);
    Native.check("scales", scales, (long) rows * groups);
    return groups;
  }

  static void check(
      MemorySegment x,
      MemorySegment layout,
      long layoutBytes,
      MemorySegment out,
      int batch,
      int rows,
      int cols) {
    check(x, out, batch, rows, cols);
    Native.check("layout", layout, layoutBytes, Byte.BYTES);
  }

  static void check(MemorySegment x, MemorySegment out, int batch, int rows, int cols) {
    if (cols < 1 || cols >= 1 << 24) {
      throw new IllegalArgumentException("cols: expected 1 to 2^24 - 1, got " + cols);
    }
    Native.check("x", x, (long) batch * cols, Byte.BYTES);
    Native.check("out", out, (long) batch * rows, Integer.BYTES);
  }

  /**
   * On vectors: one row of weights a 16-bit lane.
   *
   * <p>Layout: [ceil(rows/L)][2 ceil(cols/16)][L] little-endian int16, L the lanes of the preferred
   * vector; each int16 holds trit + 1 of eight consecutive columns in 2-bit fields. The even lanes
   * hold the first L/2 rows of a block and the odd lanes the others, so that widening to int32
   * keeps the order. Padding is trit 0.
   */
  static final class Simd {
    static final VectorSpecies<Short> S = ShortVector.SPECIES_PREFERRED;
    static final VectorSpecies<Integer> I = IntVector.SPECIES_PREFERRED;
    static final VectorSpecies<Float> F = FloatVector.SPECIES_PREFERRED;

    /** Rows of a block. */
    static final int L = S.length();

    /** Columns of one int16. */
    static final int FIELDS = 8;

    /** Elements of a task that scales. */
    private static final int SCALED = 1 << 14;

    private static final byte[] RECODED = new byte[256];
    private static final Workspace SOURCE = new Workspace();
    private static final Workspace TARGET = new Workspace();

    static {
      for (int code = 0; code < RECODED.length; code++) {
        for (int shift = 0; shift < 8; shift += 2) {
          int trit = (code >> shift) & 3;
          RECODED[code] |= (byte) ((trit == 1 ? 2 : trit == 2 ? 0 : 1) << shift);
        }
      }
    }

    private Simd() {}

    static long layoutBytes(int rows, int cols) {
      return (long) blocks(rows) * blockBytes(cols);
    }

    static int blocks(int rows) {
      return (int) ((rows + (long) L - 1) / L);
    }

    static int steps(int cols) {
      return (int) ((cols + (long) FIELDS - 1) / FIELDS);
    }

    /** An even number of int16 a row, which {@link TernaryCounts} reads two at a time. */
    static long blockBytes(int cols) {
      return 4L * L * pairs(cols);
    }

    static int pairs(int cols) {
      return (int) ((cols + 2L * FIELDS - 1) / (2 * FIELDS));
    }

    /** The row, inside its block, of a lane. */
    static int rowOfLane(int lane) {
      return lane / 2 + lane % 2 * (L / 2);
    }

    static void layout(MemorySegment packed, MemorySegment layout, int rows, int cols) {
      Native.check("packed", packed, TernaryMatmul.layoutBytes(rows, cols), Byte.BYTES);
      Native.check("layout", layout, layoutBytes(rows, cols), Byte.BYTES);
      Workers.run(blocks(rows), block -> layoutBlock(packed, layout, block, rows, cols));
    }

    private static void layoutBlock(
        MemorySegment packed, MemorySegment layout, int block, int rows, int cols) {
      int rowBytes = rowBytes(cols);
      int size = Math.toIntExact(blockBytes(cols));
      byte[] source = SOURCE.bytes(rowBytes);
      byte[] target = TARGET.bytes(size);
      Arrays.fill(target, 0, size, RECODED[0]);
      for (int lane = 0; lane < L; lane++) {
        int row = block * L + rowOfLane(lane);
        if (row < rows) {
          MemorySegment.copy(packed, Native.BYTE, (long) row * rowBytes, source, 0, rowBytes);
          for (int i = 0; i < rowBytes; i++) {
            target[i / 2 * 2 * L + 2 * lane + i % 2] = RECODED[source[i] & 255];
          }
        }
      }
      MemorySegment.copy(target, 0, layout, Native.BYTE, (long) block * size, size);
    }

    /** Whether tables of sums win over decoding the weights for each row of x: measured. */
    private static boolean tabled(int batch) {
      return batch >= (TernaryCounts.FASTEST ? 28 : 10);
    }

    static void run(
        MemorySegment x, MemorySegment layout, MemorySegment out, int batch, int rows, int cols) {
      check(x, layout, layoutBytes(rows, cols), out, batch, rows, cols);
      if (tabled(batch)) {
        TernaryTables.run(x, layout, null, out, batch, rows, cols, cols);
      } else {
        TernaryRows.run(x, layout, null, out, batch, rows, cols, cols);
      }
    }

    static void scaled(
        MemorySegment x,
        MemorySegment layout,
        MemorySegment xScales,
        float scale,
        MemorySegment out,
        int batch,
        int rows,
        int cols) {
      Native.check("xScales", xScales, batch);
      run(x, layout, out, batch, rows, cols);
      Workers.pieces(
          batch,
          Math.max(1, SCALED / Math.max(1, rows)),
          (from, to) -> {
            for (long b = from; b < to; b++) {
              scaleRow(out, scale * Native.get(xScales, b), b * rows, rows);
            }
          });
    }

    private static void scaleRow(MemorySegment out, float factor, long from, int rows) {
      int bound = F.loopBound(rows);
      for (int i = 0; i < bound; i += F.length()) {
        long at = (from + i) << 2;
        IntVector sums = IntVector.fromMemorySegment(I, out, at, Native.ORDER);
        ((FloatVector) sums.convert(VectorOperators.I2F, 0))
            .mul(factor)
            .intoMemorySegment(out, at, Native.ORDER);
      }
      TernaryMatmul.scaleRow(out, factor, from + bound, from + rows);
    }

    static void grouped(
        MemorySegment x,
        MemorySegment layout,
        MemorySegment scales,
        MemorySegment out,
        int batch,
        int rows,
        int cols,
        int groupSize) {
      check(x, layout, layoutBytes(rows, cols), out, batch, rows, cols);
      int groups = groups(scales, rows, cols, groupSize);
      boolean wholePasses = groups == 1 || groupSize % TernaryTables.COLUMNS == 0;
      if (tabled(batch) && wholePasses) {
        TernaryTables.run(x, layout, scales, out, batch, rows, cols, groupSize);
      } else {
        TernaryRows.run(x, layout, scales, out, batch, rows, cols, groupSize);
      }
    }
  }
}
