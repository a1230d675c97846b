package io.tritter.kernel;

import java.lang.foreign.MemorySegment;

/** The definition of every operation of {@link DenseKernels}. */
interface ScalarDense extends DenseKernels {
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
    Operand left = Operand.float32(a, transposeA);
    Operand right = Operand.float32(b, transposeB);
    Matmul.run(left, right, c, rows, cols, inner, accumulate);
  }

  @Override
  default void toBfloat16(MemorySegment x, MemorySegment out, long n) {
    Bfloat16.narrow(x, out, n);
  }

  @Override
  default void fromBfloat16(MemorySegment x, MemorySegment out, long n) {
    Bfloat16.widen(x, out, n);
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
    MatmulBatched.run(
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
  default void addFlipped(MemorySegment x, long[] flips, MemorySegment y, int n) {
    AddFlipped.run(x, flips, y, n);
  }

  @Override
  default void axpby(float alpha, MemorySegment x, float beta, MemorySegment y, long n) {
    Axpby.run(alpha, x, beta, y, n);
  }

  @Override
  default void scaleRows(MemorySegment x, MemorySegment scales, float alpha, int rows, int cols) {
    ScaleRows.run(x, scales, alpha, rows, cols);
  }

  @Override
  default void addRows(
      MemorySegment x, MemorySegment ids, MemorySegment table, int rows, int tableRows, int dim) {
    AddRows.run(x, ids, table, rows, tableRows, dim);
  }

  @Override
  default double dot(MemorySegment x, MemorySegment y, long n) {
    return Dot.run(x, y, n);
  }

  @Override
  default void rmsNorm(
      MemorySegment x, MemorySegment weight, MemorySegment out, int rows, int dim, float eps) {
    RmsNorm.run(x, weight, out, rows, dim, eps);
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
    RmsNorm.backward(x, weight, dout, dx, dweight, rows, dim, eps);
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
    LayerNorm.run(x, weight, bias, out, rows, dim, eps);
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
    LayerNorm.backward(x, weight, dout, dx, dweight, dbias, rows, dim, eps);
  }

  @Override
  default void gated(
      Activation f, MemorySegment gate, MemorySegment up, MemorySegment out, long n) {
    Gated.run(f, gate, up, out, n);
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
    Gated.backward(f, gate, up, dout, dgate, dup, n);
  }

  @Override
  default void activate(
      Activation f, MemorySegment x, MemorySegment bias, MemorySegment out, int rows, int dim) {
    Activate.run(f, x, bias, out, rows, dim);
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
    Activate.backward(f, x, bias, dout, dx, dbias, rows, dim);
  }

  @Override
  default void softmax(MemorySegment x, MemorySegment out, int rows, int dim) {
    Softmax.run(x, out, rows, dim);
  }
}
