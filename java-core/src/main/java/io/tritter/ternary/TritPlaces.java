package io.tritter.ternary;

import io.tritter.kernel.Workers;
import io.tritter.tensor.Check;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.concurrent.atomic.AtomicInteger;

/** Where the bytes of a layout hold the trits of a matrix, apart from scales. */
abstract sealed class TritPlaces permits ByteTable, HuggingFaceRows, StrandBlocks {
  /** Refuses columns that the layout cannot hold. */
  abstract void check(int cols);

  /** Bytes without a scale at their end. */
  abstract long sizeBytes(int rows, int cols);

  /** Number of pieces that are written and read on their own. */
  abstract int pieces(int rows);

  /** Writes piece {@code p}. */
  abstract void encode(TritMatrix trits, int p, byte[] out);

  /**
   * Reads piece {@code p}.
   *
   * @param out 2-bit bytes of the whole matrix
   * @return whether all bytes were trits
   */
  abstract boolean decode(MemorySegment bytes, int p, int rows, int cols, byte[] out);

  /** What is wrong with a piece that {@link #decode} found wrong. */
  abstract IllegalArgumentException wrong(MemorySegment bytes, int p, int rows, int cols);

  final void encode(TritMatrix trits, byte[] out) {
    Workers.run(pieces(trits.rows()), p -> encode(trits, p, out));
  }

  final TritMatrix decode(MemorySegment bytes, int rows, int cols) {
    byte[] out = new byte[size((long) rows * TritMatrix.rowBytes(cols))];
    int pieces = pieces(rows);
    AtomicInteger firstWrong = new AtomicInteger(pieces);
    Workers.run(
        pieces,
        p -> {
          if (!decode(bytes, p, rows, cols, out)) {
            firstWrong.accumulateAndGet(p, Math::min);
          }
        });
    if (firstWrong.get() < pieces) {
      throw wrong(bytes, firstWrong.get(), rows, cols);
    }
    return TritMatrix.of(MemorySegment.ofArray(out), rows, cols);
  }

  /** A size that a Java array can have. */
  static int size(long bytes) {
    if (bytes > Integer.MAX_VALUE - 8) {
      throw Check.expected("matrix", "at most 2 GiB of bytes", bytes);
    }
    return (int) bytes;
  }

  static void checkMultiple(int cols, int of) {
    if (cols % of != 0) {
      throw Check.expected("columns", "a multiple of " + of, cols);
    }
  }

  static void read(MemorySegment from, long at, byte[] to, int offset, int count) {
    MemorySegment.copy(from, ValueLayout.JAVA_BYTE, at, to, offset, count);
  }

  static IllegalArgumentException wrongField(long row, long col, int field, String rule) {
    return Check.expected("trit [" + row + ", " + col + "]", rule, field);
  }
}
