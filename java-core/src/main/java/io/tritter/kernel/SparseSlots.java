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
 * Sparse ternary weights for one row of x: a lane is a row of weights, and a slot holds for each
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
  private static final VectorSpecies<Integer> I = IntVector.SPECIES_PREFERRED;

  /** Rows of a block. */
  private static final int B = S.length();

  /** Columns of a chunk. */
  private static final int C = B / 2 - 1;

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

    private byte[] tables = new byte[0];
    private final byte[] bytes = new byte[2 * B];
    private final int[] sums = new int[B];
  }

  /** {@code out[first + r] = x . trits of row r} for every row. */
  void multiply(byte[] x, MemorySegment out, long first) {
    Work work = Work.OF_THREAD.get();
    if (work.tables.length < chunks() * B) {
      work.tables = new byte[chunks() * B];
    }
    boolean extreme = tabulate(x, -127, work.tables);
    run(work.tables, out, first, false);
    if (extreme) {
      for (int c = 0; c < cols; c++) {
        x[c] = (byte) (x[c] == -128 ? -1 : 0);
      }
      tabulate(x, -127, work.tables);
      run(work.tables, out, first, true);
    }
  }

  /** Returns whether an activation was below {@code least} and was taken as that. */
  private boolean tabulate(byte[] x, int least, byte[] tables) {
    boolean below = false;
    for (int chunk = 0; chunk < chunks(); chunk++) {
      int table = chunk * B;
      int from = chunk * C;
      int count = Math.min(C, cols - from);
      tables[table] = (byte) ZERO;
      for (int c = 0; c < count; c++) {
        int activation = Math.max(x[from + c], least);
        below |= x[from + c] < least;
        tables[table + 1 + c] = (byte) (ZERO + activation);
        tables[table + B / 2 + 1 + c] = (byte) (ZERO - activation);
      }
    }
    return below;
  }

  private void run(byte[] activations, MemorySegment out, long first, boolean add) {
    Workers.run(
        starts.length - 1,
        block -> {
          Work work = Work.OF_THREAD.get();
          int from = starts[block];
          int to = starts[block + 1];
          Arrays.fill(work.sums, -ZERO * (to - from));
          for (int slot = from; slot < to; slot += SLOTS_BEFORE_WIDENING) {
            int last = Math.min(to, slot + SLOTS_BEFORE_WIDENING);
            lookUp(indices, tables, slot, last, activations, work.bytes);
            widen(work.bytes, work.sums);
          }
          int stored = Math.min(B, rows - block * B);
          long at = first + (long) block * B;
          for (int r = 0; r < stored; r++) {
            int old = add ? Native.getInt(out, at + r) : 0;
            Native.setInt(out, at + r, old + work.sums[r]);
          }
        });
  }

  /**
   * Adds slots as little-endian int16, once from byte 0 on and once from byte 1 on; {@link #widen}
   * takes the four bytes of each int32 apart again.
   */
  private static void lookUp(
      byte[] indices, int[] tables, int from, int to, byte[] activations, byte[] sums) {
    IntVector zero = IntVector.zero(I);
    ShortVector low = zero.reinterpretAsShorts();
    ShortVector high = zero.reinterpretAsShorts();
    for (int slot = from; slot < to; slot++) {
      ByteVector table = ByteVector.fromArray(S, activations, tables[slot]);
      ByteVector found = ByteVector.fromArray(S, indices, slot * B).selectFrom(table);
      low = low.add(found.reinterpretAsShorts());
      high =
          high.add(
              found.reinterpretAsInts().lanewise(VectorOperators.LSHR, 8).reinterpretAsShorts());
    }
    low.reinterpretAsBytes().intoArray(sums, 0);
    high.reinterpretAsBytes().intoArray(sums, B);
  }

  private static void widen(byte[] bytes, int[] sums) {
    IntVector low = ByteVector.fromArray(S, bytes, 0).reinterpretAsInts();
    IntVector high = ByteVector.fromArray(S, bytes, B).reinterpretAsInts();
    // low: byte 0 + 256 byte 1 | byte 2 + 256 byte 3; high: byte 1 + 256 byte 2 | byte 3
    IntVector byte3 = high.lanewise(VectorOperators.LSHR, 16);
    IntVector byte2 = difference(low.lanewise(VectorOperators.LSHR, 16), byte3);
    IntVector byte1 = difference(high, byte2);
    IntVector byte0 = difference(low, byte1);
    add(byte0, sums, 0);
    add(byte1, sums, B / 4);
    add(byte2, sums, B / 2);
    add(byte3, sums, 3 * B / 4);
  }

  /** {@code a - 256 b} modulo 2^16. */
  private static IntVector difference(IntVector a, IntVector b) {
    return a.sub(b.lanewise(VectorOperators.LSHL, 8)).and(0xffff);
  }

  private static void add(IntVector bytes, int[] sums, int at) {
    IntVector.fromArray(I, sums, at).add(bytes).intoArray(sums, at);
  }
}
