package io.tritter.kernel;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.function.IntConsumer;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/**
 * Absmean scale of each group of weights and the trits that it gives: {@code scale = max(mean|w|,
 * 1e-5)}, {@code t = clamp(roundHalfEven(w / scale), -1, 1)} (Ma et al., 2024, BitNet b1.58,
 * equations 1 to 3).
 *
 * <p>Trits must be the same on every backend, so the sum has one order for all vector widths: a
 * group is cut into chunks of {@value #CHUNK}, element i of a chunk goes to float64 lane i%16,
 * lanes are folded in halves, chunks are added in order.
 */
final class Absmean {
  private static final float FLOOR = 1e-5f;
  private static final int CHUNK = 4096;
  private static final int LANES = 16;

  private Absmean() {}

  static void run(MemorySegment w, MemorySegment scales, int rows, int cols, int groupSize) {
    Chunks chunks = new Chunks(w, scales, rows, cols, groupSize);
    double[] sums = new double[chunks.count];
    double[] lanes = new double[LANES];
    for (int i = 0; i < sums.length; i++) {
      Arrays.fill(lanes, 0);
      addTail(w, chunks.first(i), 0, chunks.size(i), lanes);
      sums[i] = fold(lanes);
    }
    chunks.writeScales(sums, scales);
  }

  static void ternarize(
      MemorySegment w,
      MemorySegment scales,
      MemorySegment trits,
      int rows,
      int cols,
      int groupSize) {
    Chunks chunks = new Chunks(w, scales, rows, cols, groupSize);
    Native.check("trits", trits, (long) rows * cols);
    for (int i = 0; i < chunks.count; i++) {
      float scale = Native.get(scales, chunks.group(i));
      ternarizeTail(w, trits, chunks.first(i), 0, chunks.size(i), scale);
    }
  }

  private static void addTail(MemorySegment w, long first, int from, int size, double[] lanes) {
    for (int i = from; i < size; i++) {
      lanes[i % LANES] += Math.abs((double) Native.get(w, first + i));
    }
  }

  private static double fold(double[] lanes) {
    for (int half = LANES / 2; half > 0; half /= 2) {
      for (int i = 0; i < half; i++) {
        lanes[i] += lanes[i + half];
      }
    }
    return lanes[0];
  }

  /**
   * The definition without a division: w / scale rounds to something above 1/2 exactly when 2w is
   * above scale, because doubling is exact and half a unit in the last place decides both.
   */
  private static void ternarizeTail(
      MemorySegment w, MemorySegment trits, long first, int from, int size, float scale) {
    for (int i = from; i < size; i++) {
      float twice = 2 * Native.get(w, first + i);
      Native.set(trits, first + i, twice > scale ? 1f : twice < -scale ? -1f : 0f);
    }
  }

  /** The chunks of all groups of a matrix, numbered row by row. */
  private static final class Chunks {
    final int count;
    private final int cols;
    private final int groupSize;
    private final int groups;
    private final int perGroup;

    Chunks(MemorySegment w, MemorySegment scales, int rows, int cols, int groupSize) {
      if (groupSize < 1) {
        throw new IllegalArgumentException("groupSize: expected at least 1, got " + groupSize);
      }
      this.cols = cols;
      this.groupSize = Math.min(groupSize, Math.max(1, cols));
      groups = (int) (((long) cols + this.groupSize - 1) / this.groupSize);
      perGroup = (this.groupSize - 1) / CHUNK + 1;
      count = Math.toIntExact((long) rows * groups * perGroup);
      Native.check("w", w, (long) rows * cols);
      Native.check("scales", scales, (long) rows * groups);
    }

    int group(int chunk) {
      return chunk / perGroup;
    }

    private int firstColumn(int chunk) {
      return chunk / perGroup % groups * groupSize;
    }

    long first(int chunk) {
      long row = chunk / perGroup / groups;
      return row * cols + firstColumn(chunk) + (long) (chunk % perGroup) * CHUNK;
    }

    /** Elements of a chunk; none where the short last group of a row has fewer chunks. */
    int size(int chunk) {
      int inGroup = chunk % perGroup * CHUNK;
      int groupEnd = Math.min(groupSize, cols - firstColumn(chunk));
      return Math.max(0, Math.min(CHUNK, groupEnd - inGroup));
    }

    void writeScales(double[] sums, MemorySegment scales) {
      for (int first = 0; first < count; first += perGroup) {
        double sum = 0;
        for (int i = first; i < first + perGroup; i++) {
          sum += sums[i];
        }
        int size = Math.min(groupSize, cols - firstColumn(first));
        Native.set(scales, group(first), Math.max(FLOOR, (float) (sum / size)));
      }
    }

    /** Runs {@code task} for each chunk, in blocks of about a chunk's worth of elements. */
    void parallel(IntConsumer task) {
      int block = Math.max(1, CHUNK / groupSize);
      Workers.run(
          (int) (((long) count + block - 1) / block),
          b -> {
            for (int i = b * block; i < Math.min(count, (b + 1) * block); i++) {
              task.accept(i);
            }
          });
    }
  }

  /** On vectors. */
  static final class Simd {
    private static final VectorSpecies<Float> F = FloatVector.SPECIES_PREFERRED;

    /** At most 8 lanes, so that two vectors fit the 16 lanes of the definition. */
    private static final VectorSpecies<Double> D =
        DoubleVector.SPECIES_PREFERRED.length() <= LANES / 2
            ? DoubleVector.SPECIES_PREFERRED
            : DoubleVector.SPECIES_512;

    /** As many floats as {@link #D} has doubles. */
    private static final VectorSpecies<Float> HALF =
        VectorSpecies.of(float.class, VectorShape.forBitSize(D.vectorBitSize() / 2));

    private static final Workspace CHUNK_SUMS = new Workspace();
    private static final Workspace LANE_SUMS = new Workspace();

    private Simd() {}

    static void run(MemorySegment w, MemorySegment scales, int rows, int cols, int groupSize) {
      Chunks chunks = new Chunks(w, scales, rows, cols, groupSize);
      double[] sums = CHUNK_SUMS.doubles(chunks.count);
      chunks.parallel(
          i -> sums[i] = sum(w, chunks.first(i), chunks.size(i), LANE_SUMS.doubles(LANES)));
      chunks.writeScales(sums, scales);
    }

    private static double sum(MemorySegment w, long first, int size, double[] lanes) {
      int bound = size - size % LANES;
      for (int lane = 0; lane < LANES; lane += 2 * D.length()) {
        sumLanes(w, first + lane, bound, lanes, lane);
      }
      addTail(w, first, bound, size, lanes);
      return fold(lanes);
    }

    private static void sumLanes(MemorySegment w, long first, int size, double[] lanes, int lane) {
      DoubleVector a = DoubleVector.zero(D);
      DoubleVector b = a;
      for (int i = 0; i < size; i += LANES) {
        a = a.add(magnitudes(w, first + i));
        b = b.add(magnitudes(w, first + i + D.length()));
      }
      a.intoArray(lanes, lane);
      b.intoArray(lanes, lane + D.length());
    }

    private static DoubleVector magnitudes(MemorySegment w, long index) {
      FloatVector v = FloatVector.fromMemorySegment(HALF, w, index << 2, Native.ORDER);
      return ((DoubleVector) v.convertShape(VectorOperators.F2D, D, 0)).abs();
    }

    static void ternarize(
        MemorySegment w,
        MemorySegment scales,
        MemorySegment trits,
        int rows,
        int cols,
        int groupSize) {
      Chunks chunks = new Chunks(w, scales, rows, cols, groupSize);
      Native.check("trits", trits, (long) rows * cols);
      chunks.parallel(
          i -> {
            float scale = Native.get(scales, chunks.group(i));
            ternarize(w, trits, chunks.first(i), chunks.size(i), scale);
          });
    }

    private static void ternarize(
        MemorySegment w, MemorySegment trits, long first, int size, float scale) {
      FloatVector zero = FloatVector.zero(F);
      int bound = F.loopBound(size);
      for (int i = 0; i < bound; i += F.length()) {
        long at = (first + i) << 2;
        FloatVector v = FloatVector.fromMemorySegment(F, w, at, Native.ORDER);
        FloatVector twice = v.add(v);
        VectorMask<Float> plus = twice.compare(VectorOperators.GT, scale);
        VectorMask<Float> minus = twice.compare(VectorOperators.LT, -scale);
        zero.blend(1f, plus).blend(-1f, minus).intoMemorySegment(trits, at, Native.ORDER);
      }
      ternarizeTail(w, trits, first, bound, size, scale);
    }
  }
}
