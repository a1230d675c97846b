package io.tritter.kernel;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * {@link Kernels#layerNorm}. With {@code s = 1 / sqrt(var(x) + eps)}, {@code n = (x - mean(x)) * s}
 * and {@code g = weight * dout} the gradient is {@code dx = s * (g - mean(g) - n * mean(g * n))}.
 */
final class LayerNorm {
  private LayerNorm() {}

  static void run(
      MemorySegment x,
      MemorySegment weight,
      MemorySegment bias,
      MemorySegment out,
      int rows,
      int dim,
      float eps) {
    check(x, weight, "bias", bias, "out", out, rows, dim);
    for (long r = 0; r < rows; r++) {
      long row = r * dim;
      double mean = mean(x, row, dim);
      double scale = scale(x, row, dim, mean, eps);
      for (int i = 0; i < dim; i++) {
        double n = (Native.get(x, row + i) - mean) * scale;
        Native.set(out, row + i, (float) (n * Native.get(weight, i) + Native.get(bias, i)));
      }
    }
  }

  static void backward(
      MemorySegment x,
      MemorySegment weight,
      MemorySegment dout,
      MemorySegment dx,
      MemorySegment dweight,
      MemorySegment dbias,
      int rows,
      int dim,
      float eps) {
    checkBackward(x, weight, dout, dx, dweight, dbias, rows, dim);
    double[] weightSums = new double[dim];
    double[] biasSums = new double[dim];
    for (long r = 0; r < rows; r++) {
      long row = r * dim;
      double mean = mean(x, row, dim);
      double scale = scale(x, row, dim, mean, eps);
      double sum = 0;
      double dot = 0;
      for (int i = 0; i < dim; i++) {
        double n = (Native.get(x, row + i) - mean) * scale;
        double d = Native.get(dout, row + i);
        weightSums[i] += d * n;
        biasSums[i] += d;
        sum += d * Native.get(weight, i);
        dot += d * Native.get(weight, i) * n;
      }
      for (int i = 0; i < dim; i++) {
        double n = (Native.get(x, row + i) - mean) * scale;
        double g = (double) Native.get(dout, row + i) * Native.get(weight, i);
        Native.set(dx, row + i, (float) (scale * (g - sum / dim - n * dot / dim)));
      }
    }
    for (int i = 0; i < dim; i++) {
      Native.set(dweight, i, (float) (Native.get(dweight, i) + weightSums[i]));
      Native.set(dbias, i, (float) (Native.get(dbias, i) + biasSums[i]));
    }
  }

  private static double mean(MemorySegment x, long row, int dim) {
    double sum = 0;
    for (int i = 0; i < dim; i++) {
      sum += Native.get(x, row + i);
    }
    return sum / dim;
  }

  private static double scale(MemorySegment x, long row, int dim, double mean, float eps) {
    double squares = 0;
    for (int i = 0; i < dim; i++) {
      double d = Native.get(x, row + i) - mean;
      squares += d * d;
    }
    return 1 / Math.sqrt(squares / dim + eps);
  }

  private static void check(
      MemorySegment x,
      MemorySegment weight,
      String name,
      MemorySegment row,
      String last,
      MemorySegment out,
      int rows,
      int dim) {
    Native.check("x", x, (long) rows * dim);
    Native.check("weight", weight, dim);
    Native.check(name, row, dim);
    Native.check(last, out, (long) rows * dim);
  }

  private static void checkBackward(
      MemorySegment x,
      MemorySegment weight,
      MemorySegment dout,
      MemorySegment dx,
      MemorySegment dweight,
      MemorySegment dbias,
      int rows,
      int dim) {
    check(x, weight, "dweight", dweight, "dout", dout, rows, dim);
    Native.check("dx", dx, (long) rows * dim);
    Native.check("dbias", dbias, dim);
  }

  /** On vectors; sums of a row in float32 lanes. */
  static final class Simd {
    private static final VectorSpecies<Float> F = FloatVector.SPECIES_PREFERRED;
    private static final int PIECE = 1 << 14;

    private Simd() {}

    static void run(
        MemorySegment x,
        MemorySegment weight,
        MemorySegment bias,
        MemorySegment out,
        int rows,
        int dim,
        float eps) {
      check(x, weight, "bias", bias, "out", out, rows, dim);
      Workers.pieces(
          rows,
          Math.max(1, PIECE / Math.max(1, dim)),
          (from, to) -> {
            for (long r = from; r < to; r++) {
              row(x, weight, bias, out, r * dim, dim, eps);
            }
          });
    }

    private static void row(
        MemorySegment x,
        MemorySegment weight,
        MemorySegment bias,
        MemorySegment out,
        long row,
        int dim,
        float eps) {
      float mean = mean(x, row, dim);
      float scale = scale(x, row, dim, mean, eps);
      int bound = F.loopBound(dim);
      for (int i = 0; i < bound; i += F.length()) {
        load(x, row + i)
            .sub(mean)
            .mul(scale)
            .fma(load(weight, i), load(bias, i))
            .intoMemorySegment(out, (row + i) << 2, Native.ORDER);
      }
      for (int i = bound; i < dim; i++) {
        float n = (Native.get(x, row + i) - mean) * scale;
        Native.set(out, row + i, Math.fma(n, Native.get(weight, i), Native.get(bias, i)));
      }
    }

    static void backward(
        MemorySegment x,
        MemorySegment weight,
        MemorySegment dout,
        MemorySegment dx,
        MemorySegment dweight,
        MemorySegment dbias,
        int rows,
        int dim,
        float eps) {
      checkBackward(x, weight, dout, dx, dweight, dbias, rows, dim);
      ColumnSums.add(
          rows,
          dim,
          dweight,
          dim,
          dbias,
          (from, to, sums, at) -> {
            for (long r = from; r < to; r++) {
              rowBackward(x, weight, dout, dx, r * dim, dim, eps, sums, at);
            }
          });
    }

    /**
     * Three loops and not more: beyond about 18,000 nodes C2 inlines nothing, and vectors are
     * objects.
     */
    private static void rowBackward(
        MemorySegment x,
        MemorySegment weight,
        MemorySegment dout,
        MemorySegment dx,
        long row,
        int dim,
        float eps,
        MemorySegment sums,
        long at) {
      float mean = mean(x, row, dim);
      int bound = F.loopBound(dim);
      FloatVector squares = FloatVector.zero(F);
      FloatVector gs = squares;
      FloatVector products = squares;
      for (int i = 0; i < bound; i += F.length()) {
        FloatVector d = load(x, row + i).sub(mean);
        FloatVector g = load(dout, row + i).mul(load(weight, i));
        squares = d.fma(d, squares);
        gs = gs.add(g);
        products = g.fma(d, products);
      }
      double square = Lanes.sum(squares);
      double gSum = Lanes.sum(gs);
      double product = Lanes.sum(products);
      for (int i = bound; i < dim; i++) {
        float d = Native.get(x, row + i) - mean;
        float g = Native.get(dout, row + i) * Native.get(weight, i);
        square += d * d;
        gSum += g;
        product += g * d;
      }
      float scale = (float) (1 / Math.sqrt(square / dim + eps));
      float g = (float) (gSum / dim);
      // n = d * scale, so mean(g n) n = pull d
      float pull = (float) (product / dim) * scale * scale;
      spread(x, weight, dout, dx, row, dim, mean, scale, g, pull, sums, at);
    }

    /** The gradients, once the sums of the row are known; those of the bias follow the weight's. */
    private static void spread(
        MemorySegment x,
        MemorySegment weight,
        MemorySegment dout,
        MemorySegment dx,
        long row,
        int dim,
        float mean,
        float scale,
        float gMean,
        float pull,
        MemorySegment sums,
        long at) {
      int bound = F.loopBound(dim);
      for (int i = 0; i < bound; i += F.length()) {
        FloatVector d = load(x, row + i).sub(mean);
        FloatVector g = load(dout, row + i);
        d.mul(scale)
            .fma(g, load(sums, at + i))
            .intoMemorySegment(sums, (at + i) << 2, Native.ORDER);
        load(sums, at + dim + i).add(g).intoMemorySegment(sums, (at + dim + i) << 2, Native.ORDER);
        g.mul(load(weight, i))
            .sub(d.mul(pull).add(gMean))
            .mul(scale)
            .intoMemorySegment(dx, (row + i) << 2, Native.ORDER);
      }
      for (int i = bound; i < dim; i++) {
        float d = Native.get(x, row + i) - mean;
        float g = Native.get(dout, row + i);
        Native.set(sums, at + i, Native.get(sums, at + i) + g * d * scale);
        Native.set(sums, at + dim + i, Native.get(sums, at + dim + i) + g);
        Native.set(dx, row + i, (g * Native.get(weight, i) - (d * pull + gMean)) * scale);
      }
    }

    private static float mean(MemorySegment x, long row, int dim) {
      int bound = dim / (2 * F.length()) * (2 * F.length());
      FloatVector even = FloatVector.zero(F);
      FloatVector odd = even;
      for (int i = 0; i < bound; i += 2 * F.length()) {
        even = even.add(load(x, row + i));
        odd = odd.add(load(x, row + i + F.length()));
      }
      double sum = Lanes.sum(even.add(odd));
      for (int i = bound; i < dim; i++) {
        sum += Native.get(x, row + i);
      }
      return (float) (sum / dim);
    }

    private static float scale(MemorySegment x, long row, int dim, float mean, float eps) {
      int bound = dim / (2 * F.length()) * (2 * F.length());
      FloatVector even = FloatVector.zero(F);
      FloatVector odd = even;
      for (int i = 0; i < bound; i += 2 * F.length()) {
        FloatVector a = load(x, row + i).sub(mean);
        FloatVector b = load(x, row + i + F.length()).sub(mean);
        even = a.fma(a, even);
        odd = b.fma(b, odd);
      }
      double squares = Lanes.sum(even.add(odd));
      for (int i = bound; i < dim; i++) {
        double d = Native.get(x, row + i) - mean;
        squares += d * d;
      }
      return (float) (1 / Math.sqrt(squares / dim + eps));
    }

    private static FloatVector load(MemorySegment s, long index) {
      return FloatVector.fromMemorySegment(F, s, index << 2, Native.ORDER);
    }
  }
}
