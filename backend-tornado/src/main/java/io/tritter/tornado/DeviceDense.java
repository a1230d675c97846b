package io.tritter.tornado;

import io.tritter.kernel.Activation;
import io.tritter.kernel.DenseKernels;
import java.lang.foreign.MemorySegment;

/** {@link DenseKernels} on the device where they are large enough. */
interface DeviceDense extends CpuDense, DeviceOperations {
  /** Products of up to so many rows with a transposed matrix the CPU sums in another order. */
  int FEW_ROWS = 8;

  @Override
  default void matmul(
      MemorySegment a,
      boolean transposeA,
      MemorySegment b,
      boolean transposeB,
      MemorySegment c,
      int rows,
      int cols,
      int inner,
      boolean accumulate) {
    if (!(limits().admitProducts((long) rows * cols * inner) && (rows > FEW_ROWS || !transposeB))
        || !fits(
            () ->
                Matmul.run(
                    hardware(), a, transposeA, b, transposeB, c, rows, cols, inner, accumulate))) {
      CpuDense.super.matmul(a, transposeA, b, transposeB, c, rows, cols, inner, accumulate);
    }
  }

  @Override
  default void axpby(float alpha, MemorySegment x, float beta, MemorySegment y, long n) {
    if (!limits().admitElements(n) || !fits(() -> Axpby.run(hardware(), alpha, x, beta, y, n))) {
      CpuDense.super.axpby(alpha, x, beta, y, n);
    }
  }

  @Override
  default void rmsNorm(
      MemorySegment x, MemorySegment weight, MemorySegment out, int rows, int dim, float eps) {
    if (!limits().admitElements((long) rows * dim)
        || !fits(() -> RmsNorm.run(hardware(), x, weight, out, rows, dim, eps))) {
      CpuDense.super.rmsNorm(x, weight, out, rows, dim, eps);
    }
  }

  @Override
  default void rmsNormBackward(
      MemorySegment x,
      MemorySegment weight,
      MemorySegment dout,
      MemorySegment dx,
      MemorySegment dweight,
      int rows,
      int dim,
      float eps) {
    if (!limits().admitElements((long) rows * dim)
        || !fits(
            () -> RmsNormBackward.run(hardware(), x, weight, dout, dx, dweight, rows, dim, eps))) {
      CpuDense.super.rmsNormBackward(x, weight, dout, dx, dweight, rows, dim, eps);
    }
  }

  @Override
  default void gated(
      Activation f, MemorySegment gate, MemorySegment up, MemorySegment out, long n) {
    if (!(f == Activation.SILU && limits().admitElements(n))
        || !fits(() -> SwiGlu.run(hardware(), gate, up, out, n))) {
      CpuDense.super.gated(f, gate, up, out, n);
    }
  }

  @Override
  default void gatedBackward(
      Activation f,
      MemorySegment gate,
      MemorySegment up,
      MemorySegment dout,
      MemorySegment dgate,
      MemorySegment dup,
      long n) {
    if (!(f == Activation.SILU && limits().admitElements(n))
        || !fits(() -> SwiGluBackward.run(hardware(), gate, up, dout, dgate, dup, n))) {
      CpuDense.super.gatedBackward(f, gate, up, dout, dgate, dup, n);
    }
  }

  @Override
  default void softmax(MemorySegment x, MemorySegment out, int rows, int dim) {
    if (!limits().admitElements((long) rows * dim)
        || !fits(() -> Softmax.run(hardware(), x, out, rows, dim))) {
      CpuDense.super.softmax(x, out, rows, dim);
    }
  }
}
