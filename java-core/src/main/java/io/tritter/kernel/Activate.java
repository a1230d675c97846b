package io.tritter.kernel;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** {@link Kernels#activate}: {@code dx = dout * f'(x + bias)}, {@code dbias} its column sums. */
final class Activate {
  private Activate() {}

  static void run(
      Activation f, MemorySegment x, MemorySegment bias, MemorySegment out, int rows, int dim) {
    check(x, bias, "out", out, rows, dim);
    for (int r = 0; r < rows; r++) {
      for (int i = 0; i < dim; i++) {
        long at = (long) r * dim + i;
        Native.set(out, at, f.value(biased(x, bias, at, i)));
      }
    }
  }

  static void backward(
      Activation f,
      MemorySegment x,
      MemorySegment bias,
      MemorySegment dout,
      MemorySegment dx,
      MemorySegment dbias,
      int rows,
      int dim) {
    checkBackward(x, bias, dout, dx, dbias, rows, dim);
    for (int i = 0; i < dim; i++) {
      double sum = 0;
      for (int r = 0; r < rows; r++) {
        long at = (long) r * dim + i;
        float d = Native.get(dout, at) * f.slope(biased(x, bias, at, i));
        Native.set(dx, at, d);
        sum += d;
      }
      if (wanted(bias)) {
        Native.set(dbias, i, (float) (Native.get(dbias, i) + sum));
      }
    }
  }

  private static float biased(MemorySegment x, MemorySegment bias, long at, int i) {
    return wanted(bias) ? Native.get(x, at) + Native.get(bias, i) : Native.get(x, at);
  }

  private static boolean wanted(MemorySegment bias) {
    return !bias.equals(MemorySegment.NULL);
  }

  private static void check(
      MemorySegment x, MemorySegment bias, String name, MemorySegment out, int rows, int dim) {
    Native.check("x", x, (long) rows * dim);
    if (wanted(bias)) {
      Native.check("bias", bias, dim);
    }
    Native.check(name, out, (long) rows * dim);
  }

  private static void checkBackward(
      MemorySegment x,
      MemorySegment bias,
      MemorySegment dout,
      MemorySegment dx,
      MemorySegment dbias,
      int rows,
      int dim) {
    check(x, bias, "dout", dout, rows, dim);
    Native.check("dx", dx, (long) rows * dim);
    if (wanted(bias)) {
      Native.check("dbias", dbias, dim);
    }
  }

  /** On vectors: blocks of a row, or of everything where there is no bias. */
  static final class Simd {
    private static final VectorSpecies<Float> F = FloatVector.SPECIES_PREFERRED;
    private static final int BLOCK = Activation.Simd.BLOCK;
    private static final int PIECE = 8 * BLOCK;
    private static final Workspace VALUES = new Workspace();
    private static final Workspace SLOPES = new Workspace();

    private Simd() {}

    static void run(
        Activation f, MemorySegment x, MemorySegment bias, MemorySegment out, int rows, int dim) {
      check(x, bias, "out", out, rows, dim);
      if (wanted(bias)) {
        Workers.pieces(
            rows,
            Math.max(1, PIECE / Math.max(1, dim)),
            (from, to) -> {
              for (long r = from; r < to; r++) {
                part(f, x, bias, out, r * dim, dim);
              }
            });
      } else {
        Workers.pieces(
            (long) rows * dim, PIECE, (from, to) -> part(f, x, bias, out, from, (int) (to - from)));
      }
    }

    private static void part(
        Activation f, MemorySegment x, MemorySegment bias, MemorySegment out, long from, int n) {
      float[] value = VALUES.floats(BLOCK);
      for (int i = 0; i < n; i += BLOCK) {
        int size = Math.min(BLOCK, n - i);
        load(x, from + i, bias, i, value, size);
        Activation.Simd.values(f, value, value, size);
        MemorySegment.copy(value, 0, out, Native.FLOAT, (from + i) << 2, size);
      }
    }

    static void backward(
        Activation f,
        MemorySegment x,
        MemorySegment bias,
        MemorySegment dout,
        MemorySegment dx,
        MemorySegment dbias,
        int rows,
        int dim) {
      checkBackward(x, bias, dout, dx, dbias, rows, dim);
      int width = wanted(bias) ? dim : 0;
      ColumnSums.add(
          rows,
          width,
          dbias,
          (from, to, sums, at) -> {
            for (long r = from; r < to; r++) {
              rowBackward(f, x, bias, dout, dx, r * dim, dim, sums, at);
            }
          });
    }

    private static void rowBackward(
        Activation f,
        MemorySegment x,
        MemorySegment bias,
        MemorySegment dout,
        MemorySegment dx,
        long row,
        int dim,
        MemorySegment sums,
        long at) {
      float[] value = VALUES.floats(BLOCK);
      float[] slope = SLOPES.floats(BLOCK);
      for (int i = 0; i < dim; i += BLOCK) {
        int size = Math.min(BLOCK, dim - i);
        load(x, row + i, bias, i, value, size);
        Activation.Simd.slopes(f, value, value, slope, size);
        multiply(slope, dout, dx, row + i, size);
        if (wanted(bias)) {
          ColumnSums.addTo(sums, at + i, dx, row + i, size);
        }
      }
    }

    private static void multiply(
        float[] slope, MemorySegment dout, MemorySegment dx, long from, int n) {
      int bound = F.loopBound(n);
      for (int i = 0; i < bound; i += F.length()) {
        long at = (from + i) << 2;
        load(dout, at)
            .mul(FloatVector.fromArray(F, slope, i))
            .intoMemorySegment(dx, at, Native.ORDER);
      }
      for (int i = bound; i < n; i++) {
        Native.set(dx, from + i, Native.get(dout, from + i) * slope[i]);
      }
    }

    /** {@code x + bias} in an array, with zeros up to a whole vector. */
    private static void load(
        MemorySegment x, long from, MemorySegment bias, int first, float[] block, int n) {
      MemorySegment.copy(x, Native.FLOAT, from << 2, block, 0, n);
      if (n < BLOCK) {
        Arrays.fill(block, n, BLOCK, 0f);
      }
      if (wanted(bias)) {
        int bound = F.loopBound(n);
        for (int i = 0; i < bound; i += F.length()) {
          FloatVector.fromArray(F, block, i)
              .add(load(bias, (long) (first + i) << 2))
              .intoArray(block, i);
        }
        for (int i = bound; i < n; i++) {
          block[i] += Native.get(bias, first + i);
        }
      }
    }

    private static FloatVector load(MemorySegment s, long at) {
      return FloatVector.fromMemorySegment(F, s, at, Native.ORDER);
    }
  }
}
