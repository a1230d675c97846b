package io.tritter.ternary;

import io.tritter.kernel.Kernels;
import io.tritter.kernel.TernaryLevel;
import io.tritter.kernel.TernaryWeights;
import io.tritter.kernel.Workers;
import io.tritter.tensor.Check;
import io.tritter.tensor.NativeMemory;
import io.tritter.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntPredicate;

/**
 * An immutable matrix of trits in 2-bit bytes: four trits a byte, the first in the low bits, {@code
 * 0 = 00, +1 = 01, -1 = 10}; each row starts on a byte. The form of files and of the Python API.
 */
public final class TritMatrix {
  private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;
  private static final int ONE = Float.floatToRawIntBits(1f);
  private static final int LOW_BITS = 0x55;

  /** The four trits of every byte. */
  private static final float[] TRITS = new float[4 * 256];

  static {
    for (int i = 0; i < TRITS.length; i++) {
      int code = code(i / 4, i % 4);
      TRITS[i] = code == 1 ? 1f : code == 2 ? -1f : 0f;
    }
  }

  private final MemorySegment bytes;
  private final int rows;
  private final int cols;

  private TritMatrix(int rows, int cols) {
    this.rows = Check.atLeast("rows", rows, 1);
    this.cols = Check.atLeast("cols", cols, 1);
    bytes = NativeMemory.allocate((long) rows * rowBytes(cols));
  }

  /** Bytes of a row. */
  public static int rowBytes(int cols) {
    return Math.ceilDiv(cols, 4);
  }

  /**
   * Packs exact trits.
   *
   * @param trits [rows, cols]
   * @throws IllegalArgumentException for another number than -1, 0, +1, with its position
   */
  public static TritMatrix pack(Tensor trits) {
    Check.shape("trits", trits.shape(), -1, -1);
    TritMatrix m = new TritMatrix(trits.dim(0), trits.dim(1));
    int wrong =
        m.firstWrongRow(
            r -> {
              float[] line = m.line(trits, r);
              byte[] row = new byte[rowBytes(m.cols)];
              boolean exact = pack(line, row);
              m.write(row, r);
              return exact;
            });
    if (wrong < m.rows) {
      float[] line = m.line(trits, wrong);
      for (int c = 0; c < m.cols; c++) {
        if (line[c] != 0 && Math.abs(line[c]) != 1) {
          throw Check.expected(
              "trits", "-1, 0 or 1", line[c] + " at row " + wrong + ", column " + c);
        }
      }
    }
    return m;
  }

  /**
   * Copies packed bytes.
   *
   * @param packed rows * rowBytes(cols) bytes
   * @throws IllegalArgumentException for another size, for code 11 with its position, and for bits
   *     set behind the last column of a row
   */
  public static TritMatrix of(MemorySegment packed, int rows, int cols) {
    TritMatrix m = new TritMatrix(rows, cols);
    if (packed.byteSize() != m.bytes.byteSize()) {
      throw Check.expected(
          "packed",
          "%d bytes for %d rows of %d trits".formatted(m.bytes.byteSize(), rows, cols),
          packed.byteSize());
    }
    m.bytes.copyFrom(packed);
    int wrong = m.firstWrongRow(r -> valid(m.read(r), cols));
    if (wrong < rows) {
      byte[] row = m.read(wrong);
      for (int c = 0; c < cols; c++) {
        if (code(row[c / 4], c % 4) == 3) {
          throw Check.expected(
              "packed", "codes 00, 01 and 10", "11 at row " + wrong + ", column " + c);
        }
      }
      throw Check.expected(
          "packed",
          "zeros behind the last column of a row",
          "byte " + (row[row.length - 1] & 255) + " at the end of row " + wrong);
    }
    return m;
  }

  public int rows() {
    return rows;
  }

  public int cols() {
    return cols;
  }

  /** The bytes, read-only. */
  public MemorySegment bytes() {
    return bytes.asReadOnly();
  }

  /** Number of trits that are not zero. */
  public long nonZeros() {
    long count = 0;
    for (int r = 0; r < rows; r++) {
      for (byte b : read(r)) {
        count += Integer.bitCount(b & 255);
      }
    }
    return count;
  }

  /** Share of the trits that are zero, 0 to 1. */
  public double sparsity() {
    return 1 - nonZeros() / ((double) rows * cols);
  }

  /** How products with this matrix are computed unless told otherwise. */
  public TernaryLevel level() {
    return TernaryLevel.choose(Kernels.active(), rows, cols, sparsity());
  }

  /** The trits once more, in the form in which the kernels in use multiply at a level. */
  public TernaryWeights prepare(TernaryLevel level) {
    return Kernels.active()
        .ternaryWeights(bytes, rows, cols, level, (size, alignment) -> NativeMemory.allocate(size));
  }

  /**
   * {@code out[r - from, c] = trit[r, c] * scales[r, c / groupSize]}.
   *
   * @param from the first row
   * @param to the row behind the last
   * @param scales [rows, ceil(cols / groupSize)]; a groupSize of {@code cols} is a scale a row
   * @param out [to - from, cols] or more
   */
  public void dequantize(int from, int to, Tensor scales, int groupSize, Tensor out) {
    int groups = Math.ceilDiv(cols, Check.atLeast("groupSize", groupSize, 1));
    if (scales.size() != (long) rows * groups) {
      throw Check.expected("scales", (long) rows * groups + " numbers", scales.size());
    }
    if (from < 0 || to > rows || out.size() < (long) (to - from) * cols) {
      throw Check.expected(
          "out", "room for rows %d to %d of %d".formatted(from, to, rows), out.size());
    }
    Workers.run(
        to - from,
        i -> {
          float[] line = new float[4 * rowBytes(cols)];
          unpack(read(from + i), line);
          for (int g = 0; g < groups; g++) {
            float scale = scales.get((long) (from + i) * groups + g);
            scale(line, g * groupSize, (int) Math.min(cols, (long) (g + 1) * groupSize), scale);
          }
          MemorySegment.copy(line, 0, out.data(), FLOAT, (long) i * cols * Float.BYTES, cols);
        });
  }

  /** One row as bit planes. */
  public PackedTrits row(int r) {
    return PackedTrits.fromBytes(read(r), cols);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof TritMatrix m
        && m.rows == rows
        && m.cols == cols
        && m.bytes.mismatch(bytes) < 0;
  }

  @Override
  public int hashCode() {
    return 31 * (31 * rows + cols) + row(0).hashCode();
  }

  @Override
  public String toString() {
    return "TritMatrix[" + rows + ", " + cols + ", " + level() + "]";
  }

  /** The 2-bit code of a trit of a byte. */
  static int code(int b, int position) {
    return (b >> (2 * position)) & 3;
  }

  /** Whether no code is 11 and the bits behind the last column are 0. */
  static boolean valid(byte[] row, int cols) {
    int both = 0;
    for (byte b : row) {
      both |= b & (b >> 1) & LOW_BITS;
    }
    int used = cols - 4 * (row.length - 1);
    return both == 0 && (row[row.length - 1] & 255) >> (2 * used) == 0;
  }

  /**
   * Packs a row from the bits of its floats: +1 and -1 have exponent bit 23 set, 0 has not.
   *
   * @return whether each is an exact trit
   */
  private static boolean pack(float[] line, byte[] row) {
    int wrong = 0;
    for (int c = 0; c < line.length; c++) {
      int bits = Float.floatToRawIntBits(line[c]);
      int nonZero = (bits >> 23) & 1;
      wrong |= (bits & 0x7fffffff) ^ (ONE & -nonZero);
      row[c / 4] |= (byte) ((nonZero << (bits >>> 31)) << (c % 4 * 2));
    }
    return wrong == 0;
  }

  private static void unpack(byte[] row, float[] line) {
    for (int i = 0; i < row.length; i++) {
      int code = (row[i] & 255) * 4;
      line[4 * i] = TRITS[code];
      line[4 * i + 1] = TRITS[code + 1];
      line[4 * i + 2] = TRITS[code + 2];
      line[4 * i + 3] = TRITS[code + 3];
    }
  }

  private static void scale(float[] line, int from, int to, float scale) {
    for (int c = from; c < to; c++) {
      line[c] *= scale;
    }
  }

  private float[] line(Tensor values, int r) {
    float[] line = new float[cols];
    MemorySegment.copy(values.data(), FLOAT, (long) r * cols * Float.BYTES, line, 0, cols);
    return line;
  }

  /** The bytes of a row. */
  byte[] read(int r) {
    byte[] row = new byte[rowBytes(cols)];
    read(r, row, 0);
    return row;
  }

  void read(int r, byte[] to, int at) {
    int count = rowBytes(cols);
    MemorySegment.copy(bytes, ValueLayout.JAVA_BYTE, (long) r * count, to, at, count);
  }

  /** Whether the trits {@code from..to-1} of a row are all 0; {@code from} is a multiple of 4. */
  boolean isZero(int r, int from, int to) {
    byte[] row = read(r);
    int all = 0;
    for (int i = from / 4; i < Math.ceilDiv(to, 4); i++) {
      all |= row[i];
    }
    return all == 0;
  }

  private void write(byte[] row, int r) {
    MemorySegment.copy(row, 0, bytes, ValueLayout.JAVA_BYTE, (long) r * row.length, row.length);
  }

  private int firstWrongRow(IntPredicate right) {
    AtomicInteger wrong = new AtomicInteger(rows);
    Workers.run(
        rows,
        r -> {
          if (!right.test(r)) {
            wrong.accumulateAndGet(r, Math::min);
          }
        });
    return wrong.get();
  }
}
