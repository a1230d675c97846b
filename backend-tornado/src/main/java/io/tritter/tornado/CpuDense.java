package io.tritter.tornado;

import io.tritter.kernel.Activation;
import io.tritter.kernel.DenseKernels;
import io.tritter.kernel.Kernels;
import java.lang.foreign.MemorySegment;

/** {@link DenseKernels} as the CPU has them: what a device does not override. */
interface CpuDense extends DenseKernels {
  Kernels cpu();

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
    cpu().matmul(a, transposeA, b, transposeB, c, rows, cols, inner, accumulate);
  }

  @Override
  default void addFlipped(MemorySegment x, long[] flips, MemorySegment y, int n) {
    cpu().addFlipped(x, flips, y, n);
  }

  @Override
  default void toBfloat16(MemorySegment x, MemorySegment out, long n) {
    cpu().toBfloat16(x, out, n);
  }

  @Override
  default void fromBfloat16(MemorySegment x, MemorySegment out, long n) {
    cpu().fromBfloat16(x, out, n);
  }

  @Override
  default void matmulBatched(
      MemorySegment a,
      boolean transposeA,
      long strideA,
      MemorySegment b,
      boolean transposeB,
      long strideB,
      MemorySegment c,
      long strideC,
      int batch,
      int rows,
      int cols,
      int inner,
      boolean accumulate) {
    cpu()
        .matmulBatched(
            a,
            transposeA,
            strideA,
            b,
            transposeB,
            strideB,
            c,
            strideC,
            batch,
            rows,
            cols,
            inner,
            accumulate);
  }

  @Override
  default void axpby(float alpha, MemorySegment x, float beta, MemorySegment y, long n) {
    cpu().axpby(alpha, x, beta, y, n);
  }

  @Override
  default void scaleRows(MemorySegment x, MemorySegment scales, float alpha, int rows, int cols) {
    cpu().scaleRows(x, scales, alpha, rows, cols);
  }

  @Override
  default void addRows(
      MemorySegment x, MemorySegment ids, MemorySegment table, int rows, int tableRows, int dim) {
    cpu().addRows(x, ids, table, rows, tableRows, dim);
  }

  @Override
  default double dot(MemorySegment x, MemorySegment y, long n) {
    return cpu().dot(x, y, n);
  }

  @Override
  default void rmsNorm(
      MemorySegment x, MemorySegment weight, MemorySegment out, int rows, int dim, float eps) {
    cpu().rmsNorm(x, weight, out, rows, dim, eps);
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
    cpu().rmsNormBackward(x, weight, dout, dx, dweight, rows, dim, eps);
  }

  @Override
  default void layerNorm(
      MemorySegment x,
      MemorySegment weight,
      MemorySegment bias,
      MemorySegment out,
      int rows,
      int dim,
      float eps) {
    cpu().layerNorm(x, weight, bias, out, rows, dim, eps);
  }

  @Override
  default void layerNormBackward(
      MemorySegment x,
      MemorySegment weight,
      MemorySegment dout,
      MemorySegment dx,
      MemorySegment dweight,
      MemorySegment dbias,
      int rows,
      int dim,
      float eps) {
    cpu().layerNormBackward(x, weight, dout, dx, dweight, dbias, rows, dim, eps);
  }

  @Override
  default void gated(
      Activation f, MemorySegment gate, MemorySegment up, MemorySegment out, long n) {
    cpu().gated(f, gate, up, out, n);
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
    cpu().gatedBackward(f, gate, up, dout, dgate, dup, n);
  }

  @Override
  default void activate(
      Activation f, MemorySegment x, MemorySegment bias, MemorySegment out, int rows, int dim) {
    cpu().activate(f, x, bias, out, rows, dim);
  }

  @Override
  default void activateBackward(
      Activation f,
      MemorySegment x,
      MemorySegment bias,
      MemorySegment dout,
      MemorySegment dx,
      MemorySegment dbias,
      int rows,
      int dim) {
    cpu().activateBackward(f, x, bias, dout, dx, dbias, rows, dim);
  }

  @Override
  default void softmax(MemorySegment x, MemorySegment out, int rows, int dim) {
    cpu().softmax(x, out, rows, dim);
  }
}
