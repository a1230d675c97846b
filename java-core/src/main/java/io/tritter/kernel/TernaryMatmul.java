package io.tritter.kernel;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
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

  private static int rowBytes(int cols) {
    return (int) ((cols + 3L) / 4);
  }

  /** Groups of a row, after a check of the sizes. */
  private static int groups(MemorySegment scales, int rows, int cols, int groupSize) {
    if (groupSize < 1) {
      throw new IllegalArgumentException("groupSize: expected at least 1, got " + groupSize);
    }
    int groups = (int) (((long) cols + groupSize - 1) / groupSize);
    Native.check("scales", scales, (long) rows * groups);
    return groups;
  }

  private static void check(
      MemorySegment x,
      MemorySegment layout,
      long layoutBytes,
      MemorySegment out,
      int batch,
      int rows,
      int cols) {
    if (cols < 1 || cols >= 1 << 24) {
      throw new IllegalArgumentException("cols: expected 1 to 2^24 - 1, got " + cols);
    }
    Native.check("x", x, (long) batch * cols, Byte.BYTES);
    Native.check("layout", layout, layoutBytes, Byte.BYTES);
    Native.check("out", out, (long) batch * rows, Integer.BYTES);
  }

  /**
   * On vectors: one row of weights a 16-bit lane.
   *
   * <p>Layout: [ceil(rows/L)][ceil(cols/8)][L] little-endian int16, L the lanes of the preferred
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

    /** From here on tables of sums win over decoding the weights again for each row of x. */
    private static final int TABLES_FROM = 16;

    /** 16 steps of 8 fields of at most 2 * 128 stay inside int16. */
    private static final int STEPS_BEFORE_WIDENING = 16;

    private static final short[] FIELD_MASK = new short[L];
    private static final byte[] RECODED = new byte[256];

    static {
      Arrays.fill(FIELD_MASK, (short) 3);
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

    static long blockBytes(int cols) {
      return 2L * L * steps(cols);
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
      byte[] source = new byte[rowBytes];
      byte[] target = new byte[Math.toIntExact(blockBytes(cols))];
      Arrays.fill(target, RECODED[0]);
      for (int lane = 0; lane < L; lane++) {
        int row = block * L + rowOfLane(lane);
        if (row < rows) {
          MemorySegment.copy(packed, Native.BYTE, (long) row * rowBytes, source, 0, rowBytes);
          for (int i = 0; i < rowBytes; i++) {
            target[i / 2 * 2 * L + 2 * lane + i % 2] = RECODED[source[i] & 255];
          }
        }
      }
      MemorySegment.copy(target, 0, layout, Native.BYTE, block * blockBytes(cols), target.length);
    }

    static void run(
        MemorySegment x, MemorySegment layout, MemorySegment out, int batch, int rows, int cols) {
      check(x, layout, layoutBytes(rows, cols), out, batch, rows, cols);
      if (batch >= TABLES_FROM) {
        TernaryTables.run(x, layout, null, out, batch, rows, cols, cols);
      } else {
        Activations[] prepared = prepare(x, batch, cols, cols);
        Workers.run(blocks(rows), block -> multiply(prepared, layout, out, block, rows, cols));
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
      boolean wholePasses = groups == 1 || groupSize % TernaryTables.COLUMNS == 0;
      if (batch >= TABLES_FROM && wholePasses) {
        TernaryTables.run(x, layout, scales, out, batch, rows, cols, groupSize);
      } else {
        Activations[] prepared = prepare(x, batch, cols, groupSize);
        Workers.run(
            blocks(rows),
            block -> multiply(prepared, layout, scales, groups, out, block, rows, cols));
      }
    }

    private static Activations[] prepare(MemorySegment x, int batch, int cols, int groupSize) {
      Activations[] prepared = new Activations[batch];
      for (int b = 0; b < batch; b++) {
        prepared[b] = new Activations(x, b, cols, groupSize);
      }
      return prepared;
    }

    private static void multiply(
        Activations[] x, MemorySegment layout, MemorySegment out, int block, int rows, int cols) {
      int[] sums = new int[L];
      int stored = Math.min(L, rows - block * L);
      for (int b = 0; b < x.length; b++) {
        sum(layout, block * blockBytes(cols), x[b], 0, sums);
        long at = ((long) b * rows + (long) block * L) * Integer.BYTES;
        MemorySegment.copy(sums, 0, out, Native.INT, at, stored);
      }
    }

    private static void multiply(
        Activations[] x,
        MemorySegment layout,
        MemorySegment scales,
        int groups,
        MemorySegment out,
        int block,
        int rows,
        int cols) {
      int[] sums = new int[L];
      float[] total = new float[L];
      int stored = Math.min(L, rows - block * L);
      float[] byGroup = transposedScales(scales, block * L, stored, groups);
      for (int b = 0; b < x.length; b++) {
        Arrays.fill(total, 0);
        for (int g = 0; g < groups; g++) {
          sum(layout, block * blockBytes(cols), x[b], g, sums);
          addScaled(sums, byGroup, g * L, total);
        }
        long at = ((long) b * rows + (long) block * L) * Float.BYTES;
        MemorySegment.copy(total, 0, out, Native.FLOAT, at, stored);
      }
    }

    private static float[] transposedScales(MemorySegment scales, int row, int rows, int groups) {
      float[] source = new float[groups];
      float[] target = new float[groups * L];
      for (int r = 0; r < rows; r++) {
        long at = ((long) row + r) * groups * Float.BYTES;
        MemorySegment.copy(scales, Native.FLOAT, at, source, 0, groups);
        for (int g = 0; g < groups; g++) {
          target[g * L + r] = source[g];
        }
      }
      return target;
    }

    private static void addScaled(int[] sums, float[] scales, int from, float[] total) {
      for (int i = 0; i < L; i += F.length()) {
        FloatVector sum =
            (FloatVector) IntVector.fromArray(I, sums, i).convert(VectorOperators.I2F, 0);
        FloatVector.fromArray(F, total, i)
            .add(sum.mul(FloatVector.fromArray(F, scales, from + i)))
            .intoArray(total, i);
      }
    }

    /** Sums of a block over the columns of one group. */
    private static void sum(
        MemorySegment layout, long block, Activations x, int group, int[] sums) {
      IntVector offset = IntVector.broadcast(I, -x.sums[group]);
      IntVector first = offset;
      IntVector last = offset;
      int skipped = x.steps[group] - x.first[group];
      for (int i = x.first[group]; i < x.first[group + 1]; i += STEPS_BEFORE_WIDENING) {
        int to = Math.min(i + STEPS_BEFORE_WIDENING, x.first[group + 1]);
        IntVector pairs = narrowSum(layout, block + 2L * L * skipped, x.pairs, i, to);
        first =
            first.add(pairs.lanewise(VectorOperators.LSHL, 16).lanewise(VectorOperators.ASHR, 16));
        last = last.add(pairs.lanewise(VectorOperators.ASHR, 16));
      }
      first.intoArray(sums, 0);
      last.intoArray(sums, L / 2);
    }

    private static IntVector narrowSum(
        MemorySegment layout, long base, int[] pairs, int from, int to) {
      ShortVector mask = ShortVector.fromArray(S, FIELD_MASK, 0);
      ShortVector sum = ShortVector.zero(S);
      for (int i = from; i < to; i++) {
        long at = base + 2L * L * i;
        IntVector weights = IntVector.fromMemorySegment(I, layout, at, ByteOrder.LITTLE_ENDIAN);
        for (int j = 0; j < FIELDS; j++) {
          ShortVector activation =
              IntVector.broadcast(I, pairs[FIELDS * i + j]).reinterpretAsShorts();
          sum = sum.add(weights.reinterpretAsShorts().and(mask).mul(activation));
          weights = weights.lanewise(VectorOperators.LSHR, 2);
        }
      }
      return sum.reinterpretAsInts();
    }
  }
}
