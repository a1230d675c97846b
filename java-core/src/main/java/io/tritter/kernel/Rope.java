package io.tritter.kernel;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/** {@link Kernels#rope}. */
final class Rope {
  private Rope() {}

  static void run(
      MemorySegment x,
      MemorySegment out,
      int outer,
      int seqLen,
      int heads,
      int headDim,
      int firstPosition,
      float theta,
      boolean interleaved,
      boolean inverse) {
    check(x, out, outer, seqLen, heads, headDim, firstPosition);
    int half = headDim / 2;
    int next = interleaved ? 1 : half;
    for (int o = 0; o < outer; o++) {
      for (int t = 0; t < seqLen; t++) {
        for (int i = 0; i < half; i++) {
          double angle = (firstPosition + t) * frequency(i, headDim, theta);
          float cos = (float) Math.cos(angle);
          float sin = (float) Math.sin(inverse ? -angle : angle);
          for (int h = 0; h < heads; h++) {
            long first =
                (((long) o * seqLen + t) * heads + h) * headDim + (interleaved ? 2 * i : i);
            turn(x, out, first, first + next, cos, sin);
          }
        }
      }
    }
  }

  private static double frequency(int pair, int headDim, float theta) {
    return Math.pow(theta, -2.0 * pair / headDim);
  }

  private static void turn(
      MemorySegment x, MemorySegment out, long first, long second, float cos, float sin) {
    float a = Native.get(x, first);
    float b = Native.get(x, second);
    Native.set(out, first, a * cos - b * sin);
    Native.set(out, second, b * cos + a * sin);
  }

  static void check(
      MemorySegment x,
      MemorySegment out,
      int outer,
      int seqLen,
      int heads,
      int headDim,
      int firstPosition) {
    if (headDim % 2 != 0) {
      throw new IllegalArgumentException("headDim: expected an even number, got " + headDim);
    }
    if (firstPosition < 0) {
      throw new IllegalArgumentException(
          "firstPosition: expected at least 0, got " + firstPosition);
    }
    long size = (long) outer * seqLen * heads * headDim;
    Native.check("x", x, size);
    Native.check("out", out, size);
  }

  /**
   * Cosines and sines of consecutive positions, a row of headDim/2 pairs a position.
   *
   * <p>The last few tables are kept: all layers of a model, and all steps of a training run, ask
   * for the same one. Each covers whole spans, so that generation, a position at a time, seldom
   * asks for a new one.
   */
  static final class Table {
    private static final int SPAN = 1024;
    private static final int KEPT = 4;
    private static volatile List<Table> recent = List.of();

    private final float theta;
    private final int headDim;
    private final int first;
    private final int count;
    final float[] cos;
    final float[] sin;

    private Table(float theta, int headDim, int first, int count) {
      this.theta = theta;
      this.headDim = headDim;
      this.first = first;
      this.count = count;
      int half = headDim / 2;
      this.cos = new float[Math.multiplyExact(count, half)];
      this.sin = new float[cos.length];
      for (int i = 0; i < half; i++) {
        double frequency = frequency(i, headDim, theta);
        for (int t = 0; t < count; t++) {
          double angle = (first + t) * frequency;
          cos[t * half + i] = (float) Math.cos(angle);
          sin[t * half + i] = (float) Math.sin(angle);
        }
      }
    }

    static Table of(float theta, int headDim, int first, int count) {
      List<Table> tables = recent;
      for (int i = 0; i < tables.size(); i++) {
        if (tables.get(i).covers(theta, headDim, first, count)) {
          return tables.get(i);
        }
      }
      int start = first / SPAN * SPAN;
      int spans = Math.ceilDiv(first - start + count, SPAN);
      Table table = new Table(theta, headDim, start, Math.multiplyExact(spans, SPAN));
      recent = Stream.concat(Stream.of(table), tables.stream()).limit(KEPT).toList();
      return table;
    }

    private boolean covers(float theta, int headDim, int first, int count) {
      return this.theta == theta
          && this.headDim == headDim
          && this.first <= first
          && first - this.first <= this.count - count;
    }

    /** Index of the first pair of a position. */
    int row(int position) {
      return (position - first) * (headDim / 2);
    }
  }

  /** On vectors. */
  static final class Simd {
    private static final VectorSpecies<Float> F = FloatVector.SPECIES_PREFERRED;
    private static final int PIECE = 1 << 14;

    /** Lanes (0 0 1 1 2 2 ...), the same from the middle on, and (1 0 3 2 5 4 ...). */
    private static final VectorShuffle<Float> TWICE_LOW = VectorShuffle.fromOp(F, lane -> lane / 2);

    private static final VectorShuffle<Float> TWICE_HIGH =
        VectorShuffle.fromOp(F, lane -> (F.length() + lane) / 2);

    private static final VectorShuffle<Float> SWAP = VectorShuffle.fromOp(F, lane -> lane ^ 1);

    /** Minus one in even lanes, one in odd lanes. */
    private static final float[] SIGNS = signs();

    private Simd() {}

    static void run(
        MemorySegment x,
        MemorySegment out,
        int outer,
        int seqLen,
        int heads,
        int headDim,
        int firstPosition,
        float theta,
        boolean interleaved,
        boolean inverse) {
      check(x, out, outer, seqLen, heads, headDim, firstPosition);
      Table table = Table.of(theta, headDim, firstPosition, seqLen);
      float sign = inverse ? -1 : 1;
      int row = heads * headDim;
      Workers.pieces(
          (long) outer * seqLen,
          Math.max(1, PIECE / Math.max(1, row)),
          (from, to) -> {
            for (long r = from; r < to; r++) {
              int angles = table.row(firstPosition + (int) (r % seqLen));
              turn(x, out, r * row, heads, table, angles, interleaved, sign);
            }
          });
    }

    /** Turns the heads from {@code first} on by a row of the table, times {@code sign}. */
    static void turn(
        MemorySegment x,
        MemorySegment out,
        long first,
        int heads,
        Table table,
        int angles,
        boolean interleaved,
        float sign) {
      int half = table.headDim / 2;
      if (!interleaved) {
        halves(x, out, first, heads, half, table.cos, table.sin, angles, sign);
        return;
      }
      for (int h = 0; h < heads; h++) {
        long head = first + (long) h * table.headDim;
        interleaved(x, out, head, half, table.cos, table.sin, angles, sign);
      }
    }

    /** The heads are the inner loop: a head may have one vector of pairs only. */
    private static void halves(
        MemorySegment x,
        MemorySegment out,
        long first,
        int heads,
        int half,
        float[] cosines,
        float[] sines,
        int angles,
        float sign) {
      int bound = F.loopBound(half);
      for (int i = 0; i < bound; i += F.length()) {
        FloatVector cos = FloatVector.fromArray(F, cosines, angles + i);
        FloatVector sin = FloatVector.fromArray(F, sines, angles + i).mul(sign);
        for (int h = 0; h < heads; h++) {
          long at = first + 2L * h * half + i;
          FloatVector a = load(x, at);
          FloatVector b = load(x, at + half);
          store(a.mul(cos).sub(b.mul(sin)), out, at);
          store(b.mul(cos).add(a.mul(sin)), out, at + half);
        }
      }
      for (int i = bound; i < half; i++) {
        float sin = sign * sines[angles + i];
        for (int h = 0; h < heads; h++) {
          long at = first + 2L * h * half + i;
          Rope.turn(x, out, at, at + half, cosines[angles + i], sin);
        }
      }
    }

    /** A vector holds whole pairs: {@code x * cos + swapped x * (-sin, sin, ...)}. */
    private static void interleaved(
        MemorySegment x,
        MemorySegment out,
        long head,
        int half,
        float[] cosines,
        float[] sines,
        int angles,
        float sign) {
      int bound = F.loopBound(half);
      FloatVector signs = FloatVector.fromArray(F, SIGNS, 0).mul(sign);
      for (int i = 0; i < bound; i += F.length()) {
        FloatVector cos = FloatVector.fromArray(F, cosines, angles + i);
        FloatVector sin = FloatVector.fromArray(F, sines, angles + i);
        long low = head + 2L * i;
        long high = low + F.length();
        FloatVector a = load(x, low);
        FloatVector b = load(x, high);
        FloatVector sinLow = sin.rearrange(TWICE_LOW).mul(signs);
        FloatVector sinHigh = sin.rearrange(TWICE_HIGH).mul(signs);
        store(a.mul(cos.rearrange(TWICE_LOW)).add(a.rearrange(SWAP).mul(sinLow)), out, low);
        store(b.mul(cos.rearrange(TWICE_HIGH)).add(b.rearrange(SWAP).mul(sinHigh)), out, high);
      }
      for (int i = bound; i < half; i++) {
        long first = head + 2L * i;
        Rope.turn(x, out, first, first + 1, cosines[angles + i], sign * sines[angles + i]);
      }
    }

    private static float[] signs() {
      float[] signs = new float[F.length()];
      Arrays.fill(signs, 1);
      for (int i = 0; i < signs.length; i += 2) {
        signs[i] = -1;
      }
      return signs;
    }

    private static FloatVector load(MemorySegment s, long index) {
      return FloatVector.fromMemorySegment(F, s, index << 2, Native.ORDER);
    }

    private static void store(FloatVector v, MemorySegment s, long index) {
      v.intoMemorySegment(s, index << 2, Native.ORDER);
    }
  }
}
