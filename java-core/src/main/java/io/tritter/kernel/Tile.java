package io.tritter.kernel;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorSpecies;

/**
 * Squares of {@link #SIDE} by {@link #SIDE} numbers in heap arrays, row by row: what attention is
 * made of. Rows of more than {@link #SIDE} numbers take several tiles, one after the other.
 *
 * <p>A short tile leaves its remaining rows and columns as they were: whoever computes with them
 * computes what nobody reads.
 */
final class Tile {
  private static final VectorSpecies<Float> F = FloatVector.SPECIES_PREFERRED;
  private static final int L = F.length();

  /** Rows and columns; a tile, 16 KiB, shares the first cache with another one. */
  static final int SIDE = 64;

  static final int AREA = SIDE * SIDE;

  /** Columns that a product computes at a time; divides {@link #SIDE} up to 1024 bits. */
  static final int PANEL = 2 * L;

  private Tile() {}

  /** Tiles that {@code n} rows or columns take. */
  static int count(int n) {
    return Math.ceilDiv(n, SIDE);
  }

  /** Columns of a row of {@code n} that are in tile number {@code tile}. */
  static int width(int n, int tile) {
    return Math.min(SIDE, n - tile * SIDE);
  }

  /** Copies up to {@link #SIDE} rows of native memory, {@code stride} apart, times a factor. */
  static void load(
      MemorySegment s,
      long from,
      int stride,
      int rows,
      int dim,
      float factor,
      float[] tiles,
      int at) {
    for (int t = 0; t < count(dim); t++) {
      int width = width(dim, t);
      for (int r = 0; r < rows; r++) {
        long row = from + (long) r * stride + (long) t * SIDE;
        loadRow(s, row, width, factor, tiles, at + t * AREA + r * SIDE);
      }
    }
  }

  private static void loadRow(
      MemorySegment s, long from, int n, float factor, float[] tile, int at) {
    int bound = F.loopBound(n);
    for (int i = 0; i < bound; i += L) {
      FloatVector.fromMemorySegment(F, s, (from + i) << 2, Native.ORDER)
          .mul(factor)
          .intoArray(tile, at + i);
    }
    for (int i = bound; i < n; i++) {
      tile[at + i] = Native.get(s, from + i) * factor;
    }
  }

  /** Copies row {@code row} of some tiles to native memory, times {@code factor}. */
  static void storeRow(
      float[] tiles, int at, int row, int dim, float factor, MemorySegment s, long to) {
    for (int t = 0; t < count(dim); t++) {
      int from = at + t * AREA + row * SIDE;
      storePart(tiles, from, width(dim, t), factor, s, to + (long) t * SIDE);
    }
  }

  private static void storePart(
      float[] tile, int at, int n, float factor, MemorySegment s, long to) {
    int bound = F.loopBound(n);
    for (int i = 0; i < bound; i += L) {
      FloatVector.fromArray(F, tile, at + i)
          .mul(factor)
          .intoMemorySegment(s, (to + i) << 2, Native.ORDER);
    }
    for (int i = bound; i < n; i++) {
      Native.set(s, to + i, tile[at + i] * factor);
    }
  }

  /** Multiplies one row of some tiles by {@code factor}. */
  static void scaleRow(float[] tiles, int at, int row, int dim, float factor) {
    for (int t = 0; t < count(dim); t++) {
      int from = at + t * AREA + row * SIDE;
      for (int i = from; i < from + width(dim, t); i += L) {
        FloatVector.fromArray(F, tiles, i).mul(factor).intoArray(tiles, i);
      }
    }
  }

  /** {@code sum += x} for whole tiles. */
  static void add(float[] x, int from, float[] sum, int to, int n) {
    for (int i = 0; i < n; i += L) {
      FloatVector.fromArray(F, sum, to + i)
          .add(FloatVector.fromArray(F, x, from + i))
          .intoArray(sum, to + i);
    }
  }

  /** The dot product of two rows at the same place. */
  static float dot(MemorySegment x, MemorySegment y, long from, int dim) {
    int bound = F.loopBound(dim);
    FloatVector sums = FloatVector.zero(F);
    for (int i = 0; i < bound; i += L) {
      long at = (from + i) << 2;
      sums =
          FloatVector.fromMemorySegment(F, x, at, Native.ORDER)
              .fma(FloatVector.fromMemorySegment(F, y, at, Native.ORDER), sums);
    }
    float sum = Lanes.sum(sums);
    for (int i = bound; i < dim; i++) {
      sum += Native.get(x, from + i) * Native.get(y, from + i);
    }
    return sum;
  }

  /**
   * {@code out[c, r] = tile[r, c]} for each of the tiles of {@code dim} columns.
   *
   * @param work a tile
   */
  static void transpose(
      float[] tiles, int at, int rows, int dim, float[] work, float[] out, int to) {
    int squares = Math.ceilDiv(rows, L) * L;
    for (int t = 0; t < count(dim); t++) {
      int cols = width(dim, t);
      exchange(tiles, at + t * AREA, work, L / 2, squares, cols);
      for (int half = L / 4; half > 0; half /= 2) {
        exchange(work, 0, work, half, squares, cols);
      }
      for (int r = 0; r < rows; r += L) {
        for (int c = 0; c < cols; c += L) {
          copySquare(work, r * SIDE + c, out, to + t * AREA + c * SIDE + r);
        }
      }
    }
  }

  /**
   * A step of the transposition of each square of L: swaps the upper right and the lower left
   * {@code half} by {@code half} numbers of each square of twice that. A row read {@code half} too
   * early or too late has them in the place where they are wanted.
   */
  private static void exchange(float[] from, int at, float[] to, int half, int rows, int cols) {
    VectorMask<Float> second = second(half);
    for (int r = 0; r < rows; r += 2 * half) {
      for (int above = r * SIDE; above < (r + half) * SIDE; above += SIDE) {
        int below = above + half * SIDE;
        for (int c = 0; c < cols; c += L) {
          FloatVector a = FloatVector.fromArray(F, from, at + above + c);
          FloatVector b = FloatVector.fromArray(F, from, at + below + c);
          FloatVector fromBelow = FloatVector.fromArray(F, from, at + below + c - half);
          FloatVector fromAbove = FloatVector.fromArray(F, from, at + above + c + half);
          a.blend(fromBelow, second).intoArray(to, above + c);
          fromAbove.blend(b, second).intoArray(to, below + c);
        }
      }
    }
  }

  /** The lanes in the second half of their {@code 2 * half} lanes. */
  static VectorMask<Float> second(int half) {
    return VectorMask.fromArray(F, HALVES, L * half);
  }

  /** At {@code L * half + lane}: whether the lane is in the second half of its 2 * half lanes. */
  private static final boolean[] HALVES = halves();

  private static boolean[] halves() {
    boolean[] halves = new boolean[L * L];
    for (int i = 0; i < halves.length; i++) {
      halves[i] = (i % L & i / L) != 0;
    }
    return halves;
  }

  private static void copySquare(float[] from, int at, float[] to, int start) {
    for (int i = 0; i < L; i++) {
      FloatVector.fromArray(F, from, at + i * SIDE).intoArray(to, start + i * SIDE);
    }
  }
}
