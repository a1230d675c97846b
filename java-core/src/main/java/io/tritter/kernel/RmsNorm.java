package io.tritter.kernel;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * {@link Kernels#rmsNorm}. With {@code s = 1 / rms(x)} and {@code g = weight * dout} the gradient
 * is {@code dx = s * g - x * s^3 * mean(g * x)}.
 */
final class RmsNorm {
  private RmsNorm() {}

  static void run(
      MemorySegment x, MemorySegment weight, MemorySegment out, int rows, int dim, float eps) {
    check(x, weight, "out", out, rows, dim);
    for (long r = 0; r < rows; r++) {
      long row = r * dim;
      float scale = scale(x, row, dim, eps);
      for (int i = 0; i < dim; i++) {
        Native.set(out, row + i, Native.get(x, row + i) * scale * Native.get(weight, i));
      }
    }
  }

  static void backward(
      MemorySegment x,
      MemorySegment weight,
      MemorySegment dout,
      MemorySegment dx,
      MemorySegment dweight,
      int rows,
      int dim,
      float eps) {
    checkBackward(x, weight, dout, dx, dweight, rows, dim);
    double[] sums = new double[dim];
    for (long r = 0; r < rows; r++) {
      long row = r * dim;
      double squares = 0;
      double dot = 0;
      for (int i = 0; i < dim; i++) {
        double xi = Native.get(x, row + i);
        squares += xi * xi;
        dot += xi * Native.get(weight, i) * Native.get(dout, row + i);
      }
      float scale = scale(squares, dim, eps);
      float pull = pull(scale, dot, dim);
      for (int i = 0; i < dim; i++) {
        float xi = Native.get(x, row + i);
        float g = Native.get(dout, row + i);
        sums[i] += (double) g * xi * scale;
        Native.set(dx, row + i, scale * (Native.get(weight, i) * g) - pull * xi);
      }
    }
    for (int i = 0; i < dim; i++) {
      Native.set(dweight, i, (float) (Native.get(dweight, i) + sums[i]));
    }
  }

  /** {@code 1 / rms(x)} of a row. */
  static float scale(MemorySegment x, long row, int dim, float eps) {
    double squares = 0;
    for (int i = 0; i < dim; i++) {
      squares += (double) Native.get(x, row + i) * Native.get(x, row + i);
    }
    return scale(squares, dim, eps);
  }

  private static float scale(double squares, int dim, float eps) {
    return (float) (1 / Math.sqrt(squares / dim + eps));
  }

  /** The factor of x in dx: {@code s^3 * mean(g * x)}. */
  private static float pull(float scale, double dot, int dim) {
    return (float) (dot / dim * scale * scale * scale);
  }

  private static void check(
      MemorySegment x, MemorySegment weight, String name, MemorySegment out, int rows, int dim) {
    Native.check("x", x, (long) rows * dim);
    Native.check("weight", weight, dim);
    Native.check(name, out, (long) rows * dim);
  }

  static void checkBackward(
      MemorySegment x,
      MemorySegment weight,
      MemorySegment dout,
      MemorySegment dx,
      MemorySegment dweight,
      int rows,
      int dim) {
    check(x, weight, "dout", dout, rows, dim);
    Native.check("dx", dx, (long) rows * dim);
    Native.check("dweight", dweight, dim);
  }

  /** On vectors; sums of a row in float32 lanes, the weight's gradient by {@link ColumnSums}. */
  static final class Simd {
    private static final VectorSpecies<Float> F = FloatVector.SPECIES_PREFERRED;
    private static final int PIECE = 1 << 14;

    private Simd() {}

    static void run(
        MemorySegment x, MemorySegment weight, MemorySegment out, int rows, int dim, float eps) {
      check(x, weight, "out", out, rows, dim);
      Workers.pieces(
          rows,
          Math.max(1, PIECE / Math.max(1, dim)),
          (from, to) -> {
            for (long r = from; r < to; r++) {
              row(x, weight, out, r * dim, dim, eps);
            }
          });
    }

    static void row(
        MemorySegment x, MemorySegment weight, MemorySegment out, long row, int dim, float eps) {
      float scale = scale(x, row, dim, eps);
      int bound = F.loopBound(dim);
      for (int i = 0; i < bound; i += F.length()) {
        load(x, row + i)
            .mul(scale)
            .mul(load(weight, i))
            .intoMemorySegment(out, (row + i) << 2, Native.ORDER);
      }
      for (int i = bound; i < dim; i++) {
        Native.set(out, row + i, Native.get(x, row + i) * scale * Native.get(weight, i));
      }
    }

    static void backward(
        MemorySegment x,
        MemorySegment weight,
        MemorySegment dout,
        MemorySegment dx,
        MemorySegment dweight,
        int rows,
        int dim,
        float eps) {
      checkBackward(x, weight, dout, dx, dweight, rows, dim);
      ColumnSums.add(
          rows,
          dim,
          dweight,
          (from, to, sums, at) -> {
            for (long r = from; r < to; r++) {
              rowBackward(x, weight, dout, dx, r * dim, dim, eps, sums, at);
            }
          });
    }

    /**
     * Two loops and not more: beyond about 18,000 nodes C2 inlines nothing, and vectors are
     * objects.
     */
    static void rowBackward(
        MemorySegment x,
        MemorySegment weight,
        MemorySegment dout,
        MemorySegment dx,
        long row,
        int dim,
        float eps,
        MemorySegment sums,
        long at) {
      int pairs = dim / (2 * F.length()) * (2 * F.length());
      FloatVector even = FloatVector.zero(F);
      FloatVector odd = even;
      FloatVector products = even;
      for (int i = 0; i < pairs; i += 2 * F.length()) {
        FloatVector a = load(x, row + i);
        FloatVector b = load(x, row + i + F.length());
        even = a.fma(a, even);
        odd = b.fma(b, odd);
        products = a.mul(load(weight, i)).fma(load(dout, row + i), products);
        products =
            b.mul(load(weight, i + F.length())).fma(load(dout, row + i + F.length()), products);
      }
      double squares = Lanes.sum(even.add(odd));
      double dot = Lanes.sum(products);
      for (int i = pairs; i < dim; i++) {
        float xi = Native.get(x, row + i);
        squares += (double) xi * xi;
        dot += (double) xi * Native.get(weight, i) * Native.get(dout, row + i);
      }
      float scale = RmsNorm.scale(squares, dim, eps);
      float pull = pull(scale, dot, dim);
      int bound = F.loopBound(dim);
      for (int i = 0; i < bound; i += F.length()) {
        FloatVector xi = load(x, row + i);
        FloatVector g = load(dout, row + i);
        load(sums, at + i)
            .add(g.mul(xi).mul(scale))
            .intoMemorySegment(sums, (at + i) << 2, Native.ORDER);
        g.mul(load(weight, i))
            .mul(scale)
            .sub(xi.mul(pull))
            .intoMemorySegment(dx, (row + i) << 2, Native.ORDER);
      }
      for (int i = bound; i < dim; i++) {
        float xi = Native.get(x, row + i);
        float g = Native.get(dout, row + i);
        Native.set(sums, at + i, Native.get(sums, at + i) + g * xi * scale);
        Native.set(dx, row + i, g * Native.get(weight, i) * scale - xi * pull);
      }
    }

    /** {@code 1 / rms(x)} of a row. */
    static float scale(MemorySegment x, long row, int dim, float eps) {
      return RmsNorm.scale(squares(x, row, dim), dim, eps);
    }

    private static double squares(MemorySegment x, long row, int dim) {
      int bound = dim / (2 * F.length()) * (2 * F.length());
      FloatVector even = FloatVector.zero(F);
      FloatVector odd = FloatVector.zero(F);
      for (int i = 0; i < bound; i += 2 * F.length()) {
        FloatVector a = load(x, row + i);
        FloatVector b = load(x, row + i + F.length());
        even = a.fma(a, even);
        odd = b.fma(b, odd);
      }
      double sum = Lanes.sum(even.add(odd));
      for (int i = bound; i < dim; i++) {
        sum += (double) Native.get(x, row + i) * Native.get(x, row + i);
      }
      return sum;
    }

    private static FloatVector load(MemorySegment s, long index) {
      return FloatVector.fromMemorySegment(F, s, index << 2, Native.ORDER);
    }
  }
}
