package io.tritter.kernel;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;
import org.jspecify.annotations.Nullable;

/**
 * Ternary products of a few rows of x, a block of weight rows at a time: by popcounts where they
 * are fastest, by multiplications of fields and broadcast activations elsewhere.
 */
final class TernaryRows {
  private static final VectorSpecies<Short> S = TernaryMatmul.Simd.S;
  private static final VectorSpecies<Integer> I = TernaryMatmul.Simd.I;
  private static final VectorSpecies<Float> F = TernaryMatmul.Simd.F;
  private static final int L = TernaryMatmul.Simd.L;
  private static final int FIELDS = TernaryMatmul.Simd.FIELDS;

  /** 16 steps of 8 fields of at most 2 * 128 stay inside int16. */
  private static final int STEPS_BEFORE_WIDENING = 16;

  private static final short[] FIELD_MASK = new short[L];

  static {
    Arrays.fill(FIELD_MASK, (short) 3);
  }

  private static final ThreadLocal<TernaryRows> OF_THREAD =
      ThreadLocal.withInitial(TernaryRows::new);

  private final TernaryCounts counts = new TernaryCounts();

  /** Rows of x as the kernels read them: of the thread that starts a product. */
  private Activations[] activations = new Activations[0];

  private int[] planes = new int[0];
  private byte[] row = new byte[0];

  /** [batch][L] of a block: of each thread that works on a product. */
  private int[] sums = new int[0];

  /** [L] int16 of a few steps, two an int32. */
  private final int[] narrow = new int[L / 2];

  private float[] totals = new float[0];

  /** [groups][L]. */
  private float[] scales = new float[0];

  private float[] scalesOfRow = new float[0];

  private TernaryRows() {}

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
    TernaryRows caller = OF_THREAD.get();
    boolean counted =
        TernaryCounts.FASTEST && (groupSize >= cols || groupSize % TernaryCounts.COLUMNS == 0);
    int[] planes = counted ? caller.planes(x, batch, cols) : caller.planes;
    Activations[] prepared =
        counted ? caller.activations : caller.activations(x, batch, cols, groupSize);
    Workers.run(
        TernaryMatmul.Simd.blocks(rows),
        block -> {
          TernaryRows work = OF_THREAD.get();
          work.grow(batch);
          int first = block * L;
          int stored = Math.min(L, rows - first);
          int groups = (int) Math.ceilDiv((long) cols, groupSize);
          long base = block * TernaryMatmul.Simd.blockBytes(cols);
          if (scales != null) {
            work.loadScales(scales, first, stored, groups);
          }
          for (int g = 0; g < groups; g++) {
            if (counted) {
              int from = (int) ((long) g * groupSize / TernaryCounts.COLUMNS);
              int to = TernaryMatmul.Simd.pairs((int) Math.min(cols, (g + 1L) * groupSize));
              int pairs = TernaryMatmul.Simd.pairs(cols);
              work.counts.sum(layout, base, planes, pairs, batch, from, to, work.sums);
            } else {
              for (int b = 0; b < batch; b++) {
                work.sum(layout, base, prepared[b], g, b * L);
              }
            }
            if (scales != null) {
              addScaled(work.sums, batch, work.scales, g * L, work.totals);
            }
          }
          for (int b = 0; b < batch; b++) {
            long at = ((long) b * rows + first) * Integer.BYTES;
            if (scales == null) {
              MemorySegment.copy(work.sums, b * L, out, Native.INT, at, stored);
            } else {
              MemorySegment.copy(work.totals, b * L, out, Native.FLOAT, at, stored);
            }
          }
        });
  }

  private int[] planes(MemorySegment x, int batch, int cols) {
    int pairs = TernaryMatmul.Simd.pairs(cols);
    int size = Math.multiplyExact(batch, pairs * ActivationPlanes.PLANES);
    if (planes.length < size) {
      planes = new int[size];
    }
    if (row.length < pairs * TernaryCounts.COLUMNS) {
      row = new byte[pairs * TernaryCounts.COLUMNS];
    }
    Arrays.fill(row, cols, pairs * TernaryCounts.COLUMNS, (byte) 0);
    for (int b = 0; b < batch; b++) {
      MemorySegment.copy(x, Native.BYTE, (long) b * cols, row, 0, cols);
      TernaryCounts.planes(row, pairs, planes, b * pairs * ActivationPlanes.PLANES);
    }
    return planes;
  }

  private Activations[] activations(MemorySegment x, int batch, int cols, int groupSize) {
    if (activations.length < batch) {
      int old = activations.length;
      activations = Arrays.copyOf(activations, batch);
      Arrays.setAll(activations, i -> i < old ? activations[i] : new Activations());
    }
    for (int b = 0; b < batch; b++) {
      activations[b].load(x, b, cols, groupSize);
    }
    return activations;
  }

  private void grow(int batch) {
    if (sums.length < batch * L) {
      sums = new int[batch * L];
      totals = new float[batch * L];
    }
  }

  private void loadScales(MemorySegment source, int row, int rows, int groups) {
    if (scalesOfRow.length < groups) {
      scalesOfRow = new float[groups];
      scales = new float[groups * L];
    }
    Arrays.fill(totals, 0);
    for (int r = 0; r < rows; r++) {
      long at = ((long) row + r) * groups * Float.BYTES;
      MemorySegment.copy(source, Native.FLOAT, at, scalesOfRow, 0, groups);
      for (int g = 0; g < groups; g++) {
        scales[g * L + r] = scalesOfRow[g];
      }
    }
  }

  private static void addScaled(int[] sums, int batch, float[] scales, int from, float[] totals) {
    for (int at = 0; at < batch * L; at += F.length()) {
      FloatVector sum =
          (FloatVector) IntVector.fromArray(I, sums, at).convert(VectorOperators.I2F, 0);
      FloatVector.fromArray(F, totals, at)
          .add(sum.mul(FloatVector.fromArray(F, scales, from + at % L)))
          .intoArray(totals, at);
    }
  }

  /** Sums of a block over the columns of one group. */
  private void sum(MemorySegment layout, long block, Activations x, int group, int at) {
    Arrays.fill(sums, at, at + L, -x.sums[group]);
    int skipped = x.steps[group] - x.first[group];
    for (int i = x.first[group]; i < x.first[group + 1]; i += STEPS_BEFORE_WIDENING) {
      int to = Math.min(i + STEPS_BEFORE_WIDENING, x.first[group + 1]);
      narrowSum(layout, block + 2L * L * skipped, x.pairs, i, to, narrow);
      widen(narrow, sums, at);
    }
  }

  private static void narrowSum(
      MemorySegment layout, long base, int[] pairs, int from, int to, int[] narrow) {
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
    sum.reinterpretAsInts().intoArray(narrow, 0);
  }

  private static void widen(int[] narrow, int[] sums, int at) {
    IntVector pairs = IntVector.fromArray(I, narrow, 0);
    pairs
        .lanewise(VectorOperators.LSHL, 16)
        .lanewise(VectorOperators.ASHR, 16)
        .add(IntVector.fromArray(I, sums, at))
        .intoArray(sums, at);
    pairs
        .lanewise(VectorOperators.ASHR, 16)
        .add(IntVector.fromArray(I, sums, at + L / 2))
        .intoArray(sums, at + L / 2);
  }
}
