package io.tritter.kernel;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/**
 * B of {@link Matmul} in panels, [inner, {@link #COLS}] each: what a tile reads line by line.
 * Columns past the last one are 0.
 *
 * <p>Heap arrays: C2 proves their indices in range once a loop, where a native segment with long
 * offsets costs a comparison an element.
 */
final class Panels {
  private static final VectorSpecies<Float> F = FloatVector.SPECIES_PREFERRED;
  private static final int L = F.length();

  /** Columns of a panel. */
  static final int COLS = 2 * L;

  /** Rows to be transposed are this far apart, so that they do not compete for the same lines. */
  private static final int WORK_STRIDE = Matmul.KC + L;

  /** At a power of two: what exchanges lanes whose numbers differ in this bit. */
  private static final List<VectorShuffle<Float>> SWAPS =
      IntStream.range(0, L).mapToObj(bit -> VectorShuffle.fromOp(F, lane -> lane ^ bit)).toList();

  private static final Workspace WORK = new Workspace();

  private Panels() {}

  static int count(int cols) {
    return Math.ceilDiv(cols, COLS);
  }

  /**
   * Packs a part of the block that begins at row {@code k} and column {@code col} of B: the panels
   * of {@code cols} columns, one after the other. The parts 0..parts-1 together are the block; each
   * reads memory in one direction.
   */
  static void pack(
      Operand b,
      int allCols,
      int allInner,
      int col,
      int cols,
      int k,
      int inner,
      float[] panels,
      int at,
      int part,
      int parts) {
    if (b.transposed()) {
      int all = count(cols) * COLS / L;
      for (int g = Matmul.part(all, part, parts); g < Matmul.part(all, part + 1, parts); g++) {
        int j = g * L;
        long from = (long) (col + j) * allInner + k;
        int to = at + j / COLS * COLS * inner + j % COLS;
        transpose(b, from, allInner, Math.min(L, cols - j), inner, panels, to);
      }
    } else {
      long from = (long) k * allCols + col;
      for (int i = Matmul.part(inner, part, parts); i < Matmul.part(inner, part + 1, parts); i++) {
        copyRow(b, from + (long) i * allCols, cols, panels, at + i * COLS, inner);
      }
    }
  }

  /** A row of B goes to all panels, a line each. */
  private static void copyRow(Operand b, long from, int cols, float[] panels, int at, int inner) {
    int to = at;
    for (int j = 0; j < cols; j += COLS) {
      int width = Math.min(COLS, cols - j);
      copy(b, from + j, width, panels, to);
      for (int i = width; i < COLS; i++) {
        panels[to + i] = 0f;
      }
      to += COLS * inner;
    }
  }

  /**
   * Up to L rows of what is in memory become columns of a panel: in squares of L, whose quarters,
   * then quarters of quarters and so on change places ({@link Tile#transpose}).
   */
  private static void transpose(
      Operand b, long from, int stride, int rows, int inner, float[] panels, int at) {
    float[] work = WORK.floats(L * WORK_STRIDE);
    for (int r = 0; r < L; r++) {
      int to = r * WORK_STRIDE;
      if (r < rows) {
        copy(b, from + (long) r * stride, inner, work, to);
      } else {
        Arrays.fill(work, to, to + inner, 0f);
      }
    }
    for (int half = L / 2; half > 1; half /= 2) {
      exchange(work, half, inner);
    }
    exchangePairs(work, inner, panels, at);
  }

  /** Exchanges squares of {@code half} where rows and columns are halves of twice that. */
  private static void exchange(float[] work, int half, int inner) {
    VectorMask<Float> second = Tile.second(half);
    VectorShuffle<Float> swap = SWAPS.get(half);
    for (int r = 0; r < L; r++) {
      if ((r & half) == 0) {
        int above = r * WORK_STRIDE;
        int below = above + half * WORK_STRIDE;
        for (int k = 0; k < inner; k += L) {
          FloatVector a = FloatVector.fromArray(F, work, above + k);
          FloatVector b = FloatVector.fromArray(F, work, below + k);
          a.blend(b.rearrange(swap), second).intoArray(work, above + k);
          a.rearrange(swap).blend(b, second).intoArray(work, below + k);
        }
      }
    }
  }

  /** The last exchange, whose rows go to the panel. */
  private static void exchangePairs(float[] work, int inner, float[] panels, int at) {
    VectorMask<Float> second = Tile.second(1);
    VectorShuffle<Float> swap = SWAPS.get(1);
    for (int r = 0; r < L; r += 2) {
      int above = r * WORK_STRIDE;
      int below = above + WORK_STRIDE;
      int to = at + r * COLS;
      for (int k = 0; k + r < inner; k += L) {
        FloatVector a = FloatVector.fromArray(F, work, above + k);
        FloatVector b = FloatVector.fromArray(F, work, below + k);
        a.blend(b.rearrange(swap), second).intoArray(panels, to + k * COLS);
        if (k + r + 1 < inner) {
          a.rearrange(swap).blend(b, second).intoArray(panels, to + k * COLS + COLS);
        }
      }
    }
  }

  /** {@code n} elements that follow each other in memory, as float32. */
  static void copy(Operand x, long from, int n, float[] out, int at) {
    Encoded encoded = x.encoded();
    if (encoded != null) {
      Decode.Simd.copy(encoded, from, n, out, at);
      return;
    }
    int bound = F.loopBound(n);
    for (int i = 0; i < bound; i += L) {
      FloatVector.fromMemorySegment(F, x.data(), (from + i) << 2, Native.ORDER)
          .intoArray(out, at + i);
    }
    for (int i = bound; i < n; i++) {
      out[at + i] = Native.get(x.data(), from + i);
    }
  }
}
