package io.tritter.kernel;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.function.IntConsumer;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * Sparse ternary weights for a few rows of x: a lane is a row of weights, and a slot holds for each
 * lane where its next non-zero finds its activation in a table that fits one vector.
 *
 * <p>The table of a chunk of C = B/2 - 1 columns, B the byte lanes, is {@code [0, x_0 .. x_(C-1),
 * 0, -x_0 .. -x_(C-1)]}: one lane lookup adds B activations of either sign, and index 0 fills up
 * lanes that have fewer non-zeros than the fullest of their chunk. At 95 % zeros three of four
 * lookups are such fillers, and the product is still several times as fast as the dense one.
 *
 * <p>Activations are stored as x + 128, so that bytes add up as unsigned numbers; -(-128) does not
 * fit, so a row of x that holds -128 is the sum of two: itself from -127 on, and -1 for each -128.
 */
final class SparseSlots {
  private static final VectorSpecies<Byte> S = ByteVector.SPECIES_PREFERRED;
  private static final VectorSpecies<Short> T = ShortVector.SPECIES_PREFERRED;
  private static final VectorSpecies<Integer> I = IntVector.SPECIES_PREFERRED;

  /** Rows of a block. */
  private static final int B = S.length();

  /** Columns of a chunk. */
  private static final int C = B / 2 - 1;

  /** Rows of x for which an index is read once. */
  private static final int ROWS = 4;

  private static final int ZERO = 128;

  /** 256 sums of at most 255 stay inside an unsigned int16. */
  private static final int SLOTS_BEFORE_WIDENING = 256;

  private final int rows;
  private final int cols;

  /** First slot of a block; one more entry for the end. */
  private final int[] starts;

  /** [slots, B]. */
  private final byte[] indices;

  /** Where the table of a slot starts. */
  private final int[] tables;

  SparseSlots(SparseLists lists) {
    rows = lists.rows;
    cols = lists.cols;
    int blocks = Math.ceilDiv(rows, B);
    starts = new int[blocks + 1];
    Workers.run(blocks, block -> starts[block + 1] = Arrays.stream(fill(lists, block)).sum());
    for (int block = 0; block < blocks; block++) {
      starts[block + 1] = Math.addExact(starts[block], starts[block + 1]);
    }
    indices = new byte[Math.multiplyExact(starts[blocks], B)];
    tables = new int[starts[blocks]];
    Workers.run(blocks, block -> store(lists, block));
  }

  /** Non-zeros of the fullest row of a block in each chunk. */
  private int[] fill(SparseLists lists, int block) {
    int[] fullest = new int[chunks()];
    int[] counts = new int[chunks()];
    for (int row = block * B; row < Math.min(rows, (block + 1) * B); row++) {
      Arrays.fill(counts, 0);
      for (int list = 0; list < 2 * lists.panels; list++) {
        each(lists, row, list, column -> counts[column / C]++);
      }
      for (int chunk = 0; chunk < counts.length; chunk++) {
        fullest[chunk] = Math.max(fullest[chunk], counts[chunk]);
      }
    }
    return fullest;
  }

  private void store(SparseLists lists, int block) {
    int[] slots = fill(lists, block);
    int slot = starts[block];
    for (int chunk = 0; chunk < slots.length; chunk++) {
      int count = slots[chunk];
      slots[chunk] = slot;
      Arrays.fill(tables, slot, slot + count, chunk * B);
      slot += count;
    }
    for (int row = block * B; row < Math.min(rows, (block + 1) * B); row++) {
      int lane = laneOfRow(row % B);
      int[] next = slots.clone();
      for (int list = 0; list < 2 * lists.panels; list++) {
        int half = list % 2 * (B / 2);
        each(
            lists,
            row,
            list,
            column -> indices[next[column / C]++ * B + lane] = (byte) (half + 1 + column % C));
      }
    }
  }

  private static void each(SparseLists lists, int row, int list, IntConsumer visitor) {
    int panel = list / 2;
    int at = 2 * (panel * lists.rows + row) + list % 2;
    for (int i = lists.starts[at]; i < lists.starts[at + 1]; i++) {
      visitor.accept(panel * SparseLists.PANEL + lists.columns[i]);
    }
  }

  /** Byte j of each int32 lane holds the j-th quarter of a block. */
  private static int laneOfRow(int row) {
    return row % (B / 4) * 4 + row / (B / 4);
  }

  private int chunks() {
    return Math.ceilDiv(cols, C);
  }

  long sizeBytes() {
    return indices.length + (long) (tables.length + starts.length) * Integer.BYTES;
  }

  /** Working memory of a call. */
  private static final class Work {
    private static final ThreadLocal<Work> OF_THREAD = ThreadLocal.withInitial(Work::new);

    /** [ROWS][chunks, B]. */
    private byte[] tables = new byte[0];

    private final boolean[] extreme = new boolean[ROWS];
    private final byte[] bytes = new byte[ROWS * 2 * B];
    private final int[] sums = new int[ROWS * B];
  }

  /** {@code out[b, r] = x[b] . trits of row r} for every row. */
  void multiply(MemorySegment x, MemorySegment out, int batch) {
    Work work = Work.OF_THREAD.get();
    int size = chunks() * B;
    if (work.tables.length < ROWS * size) {
      work.tables = new byte[ROWS * size];
    }
    for (int b = 0; b < batch; b += ROWS) {
      int count = Math.min(ROWS, batch - b);
      for (int r = 0; r < count; r++) {
        work.extreme[r] = tabulate(SparseWeights.row(x, b + r, cols), work.tables, r * size);
      }
      run(work.tables, out, b, count, false);
      for (int r = 0; r < count; r++) {
        if (work.extreme[r]) {
          byte[] row = SparseWeights.row(x, b + r, cols);
          for (int c = 0; c < cols; c++) {
            row[c] = (byte) (row[c] == -128 ? -1 : 0);
          }
          tabulate(row, work.tables, 0);
          run(work.tables, out, b + r, 1, true);
        }
      }
    }
  }

  /** Returns whether an activation was -128 and was taken as -127. */
  private boolean tabulate(byte[] x, byte[] tables, int to) {
    boolean extreme = false;
    for (int chunk = 0; chunk < chunks(); chunk++) {
      int table = to + chunk * B;
      int from = chunk * C;
      int count = Math.min(C, cols - from);
      tables[table] = (byte) ZERO;
      for (int c = 0; c < count; c++) {
        int activation = Math.max(x[from + c], -127);
        extreme |= x[from + c] < -127;
        tables[table + 1 + c] = (byte) (ZERO + activation);
        tables[table + B / 2 + 1 + c] = (byte) (ZERO - activation);
      }
    }
    return extreme;
  }

  private void run(byte[] activations, MemorySegment out, int first, int count, boolean add) {
    Workers.run(
        starts.length - 1,
        block -> {
          Work work = Work.OF_THREAD.get();
          int from = starts[block];
          int to = starts[block + 1];
          Arrays.fill(work.sums, 0, count * B, -ZERO * (to - from));
          for (int slot = from; slot < to; slot += SLOTS_BEFORE_WIDENING) {
            int last = Math.min(to, slot + SLOTS_BEFORE_WIDENING);
            sum(slot, last, activations, count, work.bytes);
            for (int r = 0; r < count; r++) {
              widen(work.bytes, r * 2 * B, work.sums, r * B);
            }
          }
          int stored = Math.min(B, rows - block * B);
          for (int r = 0; r < count; r++) {
            long at = (long) (first + r) * rows + (long) block * B;
            for (int i = 0; add && i < stored; i++) {
              work.sums[r * B + i] += Native.getInt(out, at + i);
            }
            MemorySegment.copy(work.sums, r * B, out, Native.INT, at * Integer.BYTES, stored);
          }
        });
  }

  private void sum(int from, int to, byte[] activations, int count, byte[] sums) {
    int size = chunks() * B;
    if (count == ROWS) {
      lookUp(indices, tables, from, to, activations, size, sums);
    } else {
      for (int r = 0; r < count; r++) {
        lookUp(indices, tables, from, to, activations, r * size, sums, r * 2 * B);
      }
    }
  }

  /**
   * Adds slots as little-endian int16, once from byte 0 on and once from byte 1 on; {@link #widen}
   * takes the four bytes of each int32 apart again.
   */
  private static void lookUp(
      byte[] indices,
      int[] tables,
      int from,
      int to,
      byte[] activations,
      int row,
      byte[] sums,
      int at) {
    ShortVector low = ShortVector.zero(T);
    ShortVector high = ShortVector.zero(T);
    for (int slot = from; slot < to; slot++) {
      ByteVector index = ByteVector.fromArray(S, indices, slot * B);
      ByteVector found = find(index, activations, row + tables[slot]);
      low = low.add(found.reinterpretAsShorts());
      high = high.add(odd(found));
    }
    low.reinterpretAsBytes().intoArray(sums, at);
    high.reinterpretAsBytes().intoArray(sums, at + B);
  }

  /** The same for ROWS rows of x, whose tables are {@code size} apart, at once. */
  private static void lookUp(
      byte[] indices, int[] tables, int from, int to, byte[] activations, int size, byte[] sums) {
    ShortVector low0 = ShortVector.zero(T);
    ShortVector low1 = ShortVector.zero(T);
    ShortVector low2 = ShortVector.zero(T);
    ShortVector low3 = ShortVector.zero(T);
    ShortVector high0 = ShortVector.zero(T);
    ShortVector high1 = ShortVector.zero(T);
    ShortVector high2 = ShortVector.zero(T);
    ShortVector high3 = ShortVector.zero(T);
    for (int slot = from; slot < to; slot++) {
      ByteVector index = ByteVector.fromArray(S, indices, slot * B);
      int table = tables[slot];
      ByteVector found0 = find(index, activations, table);
      ByteVector found1 = find(index, activations, table + size);
      ByteVector found2 = find(index, activations, table + 2 * size);
      ByteVector found3 = find(index, activations, table + 3 * size);
      low0 = low0.add(found0.reinterpretAsShorts());
      low1 = low1.add(found1.reinterpretAsShorts());
      low2 = low2.add(found2.reinterpretAsShorts());
      low3 = low3.add(found3.reinterpretAsShorts());
      high0 = high0.add(odd(found0));
      high1 = high1.add(odd(found1));
      high2 = high2.add(odd(found2));
      high3 = high3.add(odd(found3));
    }
    low0.reinterpretAsBytes().intoArray(sums, 0);
    high0.reinterpretAsBytes().intoArray(sums, B);
    low1.reinterpretAsBytes().intoArray(sums, 2 * B);
    high1.reinterpretAsBytes().intoArray(sums, 3 * B);
    low2.reinterpretAsBytes().intoArray(sums, 4 * B);
    high2.reinterpretAsBytes().intoArray(sums, 5 * B);
    low3.reinterpretAsBytes().intoArray(sums, 6 * B);
    high3.reinterpretAsBytes().intoArray(sums, 7 * B);
  }

  private static ByteVector find(ByteVector index, byte[] activations, int table) {
    return index.selectFrom(ByteVector.fromArray(S, activations, table));
  }

  /** Bytes 1 and 2 of each int32 as one int16, byte 3 as another. */
  private static ShortVector odd(ByteVector found) {
    return found.reinterpretAsInts().lanewise(VectorOperators.LSHR, 8).reinterpretAsShorts();
  }

  private static void widen(byte[] bytes, int from, int[] sums, int to) {
    IntVector low = ByteVector.fromArray(S, bytes, from).reinterpretAsInts();
    IntVector high = ByteVector.fromArray(S, bytes, from + B).reinterpretAsInts();
    // low: byte 0 + 256 byte 1 | byte 2 + 256 byte 3; high: byte 1 + 256 byte 2 | byte 3
    IntVector byte3 = high.lanewise(VectorOperators.LSHR, 16);
    IntVector byte2 = difference(low.lanewise(VectorOperators.LSHR, 16), byte3);
    IntVector byte1 = difference(high, byte2);
    IntVector byte0 = difference(low, byte1);
    add(byte0, sums, to);
    add(byte1, sums, to + B / 4);
    add(byte2, sums, to + B / 2);
    add(byte3, sums, to + 3 * B / 4);
  }

  /** {@code a - 256 b} modulo 2^16. */
  private static IntVector difference(IntVector a, IntVector b) {
    return a.sub(b.lanewise(VectorOperators.LSHL, 8)).and(0xffff);
  }

  private static void add(IntVector bytes, int[] sums, int at) {
    IntVector.fromArray(I, sums, at).add(bytes).intoArray(sums, at);
  }
}
