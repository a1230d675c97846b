package io.tritter.kernel;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;
import org.jspecify.annotations.Nullable;

/**
 * Ternary products of a tile of rows of x without a multiplication ("four Russians").
 *
 * <p>A lane is a row of x. For four columns all 81 signed sums of their activations are tabled in
 * the order of the number that four trits + 1 are to base 3; a row of weights then costs one load
 * and one addition for four columns. A pass builds eight tables, for 32 columns, and adds them to
 * the sums of all rows of weights.
 */
final class TernaryTables {
  /** Columns of one pass. */
  static final int COLUMNS = 32;

  private static final VectorSpecies<Short> S = TernaryMatmul.Simd.S;
  private static final VectorSpecies<Integer> I = TernaryMatmul.Simd.I;
  private static final VectorSpecies<Float> F = TernaryMatmul.Simd.F;
  private static final int L = TernaryMatmul.Simd.L;

  /** Rows of x that are multiplied at a time. */
  private static final int TILE = Math.max(32, L);

  private static final int STEPS = COLUMNS / TernaryMatmul.Simd.FIELDS;

  /** 7 passes of 8 sums of at most 4 * 128 stay inside int16. */
  private static final int PASSES_BEFORE_WIDENING = 7;

  private static final int TABLE = 81 * TILE;
  private static final int TABLES = COLUMNS / 4 * TABLE;

  /** A code is at most 80. */
  private static final int MASK = 127;

  /** Rows of weights below which a second thread would mostly build the same tables again. */
  private static final int ROWS_OF_A_TASK = 512;

  /** The codes of eight zero trits. */
  private static final short ZERO_TRITS = 40 * 256 + 40;

  /** Sets of tables: a power of two and no fewer than threads. */
  private static final int SLOTS = Integer.highestOneBit(2 * Workers.threads() - 1);

  /**
   * Every set of tables in one constant array: with masked indices C2 proves that the hottest load
   * is in range and drops its bounds check.
   */
  private static final short[] SUMS = new short[SLOTS * TABLES + (MASK + 1) * TILE - TABLE];

  private static final BlockingQueue<Integer> FREE = new ArrayBlockingQueue<>(SLOTS);

  static {
    for (int slot = 0; slot < SLOTS; slot++) {
      FREE.add(slot);
    }
  }

  private static final ThreadLocal<TernaryTables> OF_THREAD =
      ThreadLocal.withInitial(TernaryTables::new);

  /** Activations of the tile, [passes * 32][TILE], zero beyond x. */
  private short[] x = new short[0];

  private byte[] line = new byte[0];
  private int firstBlock;
  private int lanes;

  /** Sums [lanes][TILE] of the last passes, of the group, and float32 of all groups as bits. */
  private short[] narrow = new short[0];

  private int[] wide = new int[0];
  private int[] total = new int[0];

  /** [STEPS][lanes] of the layout, as codes. */
  private short[] codes = new short[0];

  /** [lanes][groups]. */
  private float[] scale = new float[0];

  private final int[] stored = new int[L];

  private TernaryTables() {}

  /** Working memory of this thread for a tile and some blocks of weights. */
  private static TernaryTables ofThread(int cols, int firstBlock, int blocks) {
    TernaryTables tile = OF_THREAD.get();
    tile.firstBlock = firstBlock;
    tile.lanes = blocks * L;
    int sums = tile.lanes * TILE;
    if (tile.wide.length < sums) {
      tile.narrow = new short[sums];
      tile.wide = new int[sums];
      tile.codes = new short[STEPS * tile.lanes];
    }
    Arrays.fill(tile.wide, 0, sums, 0);
    int activations = passes(cols) * COLUMNS * TILE;
    if (tile.x.length < activations) {
      tile.x = new short[activations];
    }
    return tile;
  }

  /** {@link TernaryMatmul.Simd#run}, or with {@code scales} {@link TernaryMatmul.Simd#grouped}. */
  static void run(
      MemorySegment x,
      MemorySegment layout,
      @Nullable MemorySegment scales,
      MemorySegment out,
      int batch,
      int rows,
      int cols,
      int groupSize) {
    int tiles = (int) ((batch + (long) TILE - 1) / TILE);
    int threads = Workers.threads();
    int parts = tiles >= 4 * threads ? 1 : Math.clamp(rows / ROWS_OF_A_TASK, 1, threads);
    int blocks = TernaryMatmul.Simd.blocks(rows);
    Workers.run(
        tiles * parts,
        task -> {
          int part = task % parts;
          int firstBlock = (int) ((long) blocks * part / parts);
          int lastBlock = (int) ((long) blocks * (part + 1) / parts);
          int first = task / parts * TILE;
          int count = Math.min(TILE, batch - first);
          TernaryTables tile = ofThread(cols, firstBlock, lastBlock - firstBlock);
          tile.load(x, first, count, cols);
          int[] sums =
              scales == null
                  ? tile.multiply(layout, cols)
                  : tile.multiply(layout, scales, rows, cols, groupSize);
          tile.store(sums, out, first, count, rows);
        });
  }

  private static int passes(int cols) {
    return (int) ((cols + (long) COLUMNS - 1) / COLUMNS);
  }

  private void load(MemorySegment source, int first, int count, int cols) {
    if (line.length < cols) {
      line = new byte[cols];
    }
    if (count < TILE) {
      Arrays.fill(x, 0, cols * TILE, (short) 0);
    }
    Arrays.fill(x, cols * TILE, passes(cols) * COLUMNS * TILE, (short) 0);
    for (int t = 0; t < count; t++) {
      MemorySegment.copy(source, Native.BYTE, (long) (first + t) * cols, line, 0, cols);
      spread(line, cols, x, t);
    }
  }

  private static void spread(byte[] line, int cols, short[] x, int t) {
    for (int c = 0; c < cols; c++) {
      x[c * TILE + t] = line[c];
    }
  }

  private int[] multiply(MemorySegment layout, int cols) {
    int slot = take();
    try {
      accumulate(layout, cols, slot, 0, passes(cols));
    } finally {
      FREE.add(slot);
    }
    return wide;
  }

  /** Returns float32 as their bits. */
  private int[] multiply(
      MemorySegment layout, MemorySegment scales, int rows, int cols, int groupSize) {
    int groups = (int) (((long) cols + groupSize - 1) / groupSize);
    int row = firstBlock * L;
    if (scale.length < lanes * groups) {
      scale = new float[lanes * groups];
    }
    int count = Math.min(lanes, rows - row) * groups;
    MemorySegment.copy(scales, Native.FLOAT, (long) row * groups * Float.BYTES, scale, 0, count);
    int size = lanes * TILE;
    if (total.length < size) {
      total = new int[wide.length];
    }
    Arrays.fill(total, 0, size, 0);
    int perGroup = passes(groupSize);
    int slot = take();
    try {
      for (int g = 0; g < groups; g++) {
        int from = g * perGroup;
        int to = (int) Math.min(passes(cols), (long) from + perGroup);
        accumulate(layout, cols, slot, from, to);
        addScaled(wide, lanes, scale, groups, g, total);
        Arrays.fill(wide, 0, size, 0);
      }
    } finally {
      FREE.add(slot);
    }
    return total;
  }

  private static int take() {
    try {
      return FREE.take();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("ternary matmul: interrupted while waiting for tables", e);
    }
  }

  private void accumulate(MemorySegment layout, int cols, int slot, int from, int to) {
    for (int pass = from; pass < to; pass++) {
      int tables = (slot & (SLOTS - 1)) * TABLES;
      for (int g = 0; g < COLUMNS / 4; g++) {
        tabulate(x, (pass * COLUMNS + 4 * g) * TILE, tables + g * TABLE);
      }
      loadCodes(layout, cols, pass);
      addTables(codes, lanes, slot, narrow);
      if ((pass + 1 - from) % PASSES_BEFORE_WIDENING == 0 || pass + 1 == to) {
        widen(narrow, wide, lanes * TILE);
        Arrays.fill(narrow, 0, lanes * TILE, (short) 0);
      }
    }
  }

  private void loadCodes(MemorySegment layout, int cols, int pass) {
    int present = Math.min(STEPS, TernaryMatmul.Simd.steps(cols) - pass * STEPS);
    if (present < STEPS) {
      Arrays.fill(codes, ZERO_TRITS);
    }
    for (int lane = 0; lane < lanes; lane += L) {
      long block = (firstBlock + lane / L) * TernaryMatmul.Simd.blockBytes(cols);
      for (int step = 0; step < present; step++) {
        long at = block + 2L * L * (pass * STEPS + step);
        IntVector fields = IntVector.fromMemorySegment(I, layout, at, ByteOrder.LITTLE_ENDIAN);
        toBase3(fields).intoArray(codes, step * lanes + lane);
      }
    }
  }

  /**
   * Four 2-bit fields of each byte as one number to base 3: pairs of fields first, then of pairs.
   */
  private static ShortVector toBase3(IntVector fields) {
    IntVector pairs = digits(fields, 2, 0x33333333, 3);
    return digits(pairs, 4, 0x0f0f0f0f, 9).reinterpretAsShorts();
  }

  private static IntVector digits(IntVector v, int shift, int mask, int base) {
    ShortVector high = v.lanewise(VectorOperators.LSHR, shift).and(mask).reinterpretAsShorts();
    return v.and(mask).reinterpretAsShorts().add(high.mul((short) base)).reinterpretAsInts();
  }

  /** Writes the 81 sums of four columns; entry d0 + 3 d1 + 9 d2 + 27 d3 has trits d - 1. */
  private static void tabulate(short[] x, int from, int table) {
    for (int h = 0; h < TILE; h += L) {
      ShortVector x0 = ShortVector.fromArray(S, x, from + h);
      ShortVector x1 = ShortVector.fromArray(S, x, from + TILE + h);
      ShortVector x2 = ShortVector.fromArray(S, x, from + 2 * TILE + h);
      ShortVector x3 = ShortVector.fromArray(S, x, from + 3 * TILE + h);
      ShortVector s3 = ShortVector.zero(S).sub(x3).sub(x2).sub(x1);
      for (int d3 = 0; d3 < 3; d3++) {
        ShortVector s2 = s3;
        for (int d2 = 0; d2 < 3; d2++) {
          ShortVector s1 = s2;
          for (int d1 = 0; d1 < 3; d1++) {
            int at = table + (27 * d3 + 9 * d2 + 3 * d1) * TILE + h;
            s1.sub(x0).intoArray(SUMS, at);
            s1.intoArray(SUMS, at + TILE);
            s1.add(x0).intoArray(SUMS, at + 2 * TILE);
            s1 = s1.add(x1);
          }
          s2 = s2.add(x2);
        }
        s3 = s3.add(x3);
      }
    }
  }

  private static void addTables(short[] codes, int lanes, int slot, short[] sums) {
    int tables = (slot & (SLOTS - 1)) * TABLES;
    for (int lane = 0; lane < lanes; lane++) {
      int a = codes[lane];
      int b = codes[lanes + lane];
      int c = codes[2 * lanes + lane];
      int d = codes[3 * lanes + lane];
      for (int h = 0; h < TILE; h += L) {
        int table = tables + h;
        ShortVector.fromArray(S, sums, lane * TILE + h)
            .add(ShortVector.fromArray(S, SUMS, table + (a & MASK) * TILE))
            .add(ShortVector.fromArray(S, SUMS, table + TABLE + ((a >> 8) & MASK) * TILE))
            .add(ShortVector.fromArray(S, SUMS, table + 2 * TABLE + (b & MASK) * TILE))
            .add(ShortVector.fromArray(S, SUMS, table + 3 * TABLE + ((b >> 8) & MASK) * TILE))
            .add(ShortVector.fromArray(S, SUMS, table + 4 * TABLE + (c & MASK) * TILE))
            .add(ShortVector.fromArray(S, SUMS, table + 5 * TABLE + ((c >> 8) & MASK) * TILE))
            .add(ShortVector.fromArray(S, SUMS, table + 6 * TABLE + (d & MASK) * TILE))
            .add(ShortVector.fromArray(S, SUMS, table + 7 * TABLE + ((d >> 8) & MASK) * TILE))
            .intoArray(sums, lane * TILE + h);
      }
    }
  }

  private static void widen(short[] narrow, int[] wide, int size) {
    for (int i = 0; i < size; i += L) {
      ShortVector v = ShortVector.fromArray(S, narrow, i);
      v.convertShape(VectorOperators.S2I, I, 0)
          .reinterpretAsInts()
          .add(IntVector.fromArray(I, wide, i))
          .intoArray(wide, i);
      v.convertShape(VectorOperators.S2I, I, 1)
          .reinterpretAsInts()
          .add(IntVector.fromArray(I, wide, i + L / 2))
          .intoArray(wide, i + L / 2);
    }
  }

  private static void addScaled(
      int[] sums, int lanes, float[] scales, int groups, int group, int[] total) {
    for (int lane = 0; lane < lanes; lane++) {
      int row = lane / L * L + TernaryMatmul.Simd.rowOfLane(lane % L);
      float scale = scales[row * groups + group];
      for (int i = lane * TILE; i < (lane + 1) * TILE; i += F.length()) {
        FloatVector sum =
            (FloatVector) IntVector.fromArray(I, sums, i).convert(VectorOperators.I2F, 0);
        IntVector.fromArray(I, total, i)
            .reinterpretAsFloats()
            .add(sum.mul(scale))
            .reinterpretAsInts()
            .intoArray(total, i);
      }
    }
  }

  /** Writes [lanes][TILE] as rows of out. */
  private void store(int[] sums, MemorySegment out, int first, int count, int rows) {
    for (int lane = 0; lane < lanes; lane += L) {
      int row = firstBlock * L + lane;
      int width = Math.min(L, rows - row);
      for (int t = 0; t < count; t++) {
        for (int l = 0; l < L; l++) {
          stored[TernaryMatmul.Simd.rowOfLane(l)] = sums[(lane + l) * TILE + t];
        }
        long at = ((long) (first + t) * rows + row) * Integer.BYTES;
        MemorySegment.copy(stored, 0, out, Native.INT, at, width);
      }
    }
  }
}
