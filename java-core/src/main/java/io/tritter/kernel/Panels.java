package io.tritter.kernel;

import jdk.incubator.vector.FloatVector;
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

  private static final Workspace ROW = new Workspace();

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
      long from = (long) col * allInner + k;
      int all = count(cols) * COLS;
      for (int j = Matmul.part(all, part, parts); j < Matmul.part(all, part + 1, parts); j++) {
        int to = at + j / COLS * COLS * inner + j % COLS;
        if (j < cols) {
          transposeRow(b, from + (long) j * allInner, inner, panels, to);
        } else {
          for (int i = 0; i < inner; i++) {
            panels[to + i * COLS] = 0f;
          }
        }
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

  /** A row of what is in memory becomes a column of a panel. */
  private static void transposeRow(Operand b, long from, int inner, float[] panels, int at) {
    float[] row = ROW.floats(Matmul.KC);
    copy(b, from, inner, row, 0);
    for (int k = 0; k < inner; k++) {
      panels[at + k * COLS] = row[k];
    }
  }

  /** {@code n} elements that follow each other in memory, as float32. */
  static void copy(Operand x, long from, int n, float[] out, int at) {
    if (x.bfloat16()) {
      Bfloat16.Simd.widen(x.data(), from, n, out, at);
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
