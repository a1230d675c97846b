package io.tritter.kernel;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;

/** Every operation on the Vector API, at whatever width the machine offers, on all threads. */
class SimdKernels implements Kernels {
  @Override
  public String name() {
    return "simd";
  }

  @Override
  public String description() {
    return "Vector API, "
        + FloatVector.SPECIES_PREFERRED.vectorBitSize()
        + " bits, "
        + Workers.threads()
        + " threads";
  }

  @Override
  public void matmul(
      MemorySegment a,
      boolean transposeA,
      MemorySegment b,
      boolean transposeB,
      MemorySegment c,
      int rows,
      int cols,
      int inner,
      boolean accumulate) {
    Matmul.Simd.run(a, transposeA, b, transposeB, c, rows, cols, inner, accumulate);
  }

  @Override
  public void axpby(float alpha, MemorySegment x, float beta, MemorySegment y, long n) {
    Axpby.Simd.run(alpha, x, beta, y, n);
  }

  @Override
  public void scaleRows(MemorySegment x, MemorySegment scales, float alpha, int rows, int cols) {
    ScaleRows.Simd.run(x, scales, alpha, rows, cols);
  }

  @Override
  public double dot(MemorySegment x, MemorySegment y, long n) {
    return Dot.Simd.run(x, y, n);
  }

  @Override
  public void rmsNorm(
      MemorySegment x, MemorySegment weight, MemorySegment out, int rows, int dim, float eps) {
    RmsNorm.Simd.run(x, weight, out, rows, dim, eps);
  }

  @Override
  public void rmsNormBackward(
      MemorySegment x,
      MemorySegment weight,
      MemorySegment dout,
      MemorySegment dx,
      MemorySegment dweight,
      int rows,
      int dim,
      float eps) {
    RmsNorm.Simd.backward(x, weight, dout, dx, dweight, rows, dim, eps);
  }

  @Override
  public void rope(
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
    Rope.Simd.run(
        x, out, outer, seqLen, heads, headDim, firstPosition, theta, interleaved, inverse);
  }

  @Override
  public void swiglu(MemorySegment gate, MemorySegment up, MemorySegment out, long n) {
    SwiGlu.Simd.run(gate, up, out, n);
  }

  @Override
  public void swigluBackward(
      MemorySegment gate,
      MemorySegment up,
      MemorySegment dout,
      MemorySegment dgate,
      MemorySegment dup,
      long n) {
    SwiGlu.Simd.backward(gate, up, dout, dgate, dup, n);
  }

  @Override
  public void squaredReluGlu(MemorySegment gate, MemorySegment up, MemorySegment out, long n) {
    SquaredReluGlu.Simd.run(gate, up, out, n);
  }

  @Override
  public void squaredReluGluBackward(
      MemorySegment gate,
      MemorySegment up,
      MemorySegment dout,
      MemorySegment dgate,
      MemorySegment dup,
      long n) {
    SquaredReluGlu.Simd.backward(gate, up, dout, dgate, dup, n);
  }

  @Override
  public void softmax(MemorySegment x, MemorySegment out, int rows, int dim) {
    Softmax.Simd.run(x, out, rows, dim);
  }

  @Override
  public double crossEntropy(
      MemorySegment logits,
      MemorySegment targets,
      MemorySegment dlogits,
      int rows,
      int classes,
      int ignoreIndex) {
    return CrossEntropy.Simd.run(logits, targets, dlogits, rows, classes, ignoreIndex);
  }

  @Override
  public void attention(
      MemorySegment q,
      MemorySegment k,
      MemorySegment v,
      MemorySegment out,
      MemorySegment logSumExp,
      AttentionShape shape) {
    Attention.Simd.run(q, k, v, out, logSumExp, shape);
  }

  @Override
  public void attentionBackward(
      MemorySegment q,
      MemorySegment k,
      MemorySegment v,
      MemorySegment out,
      MemorySegment logSumExp,
      MemorySegment dout,
      MemorySegment dq,
      MemorySegment dk,
      MemorySegment dv,
      AttentionShape shape) {
    Attention.Simd.backward(q, k, v, out, logSumExp, dout, dq, dk, dv, shape);
  }

  @Override
  public void adamW(
      MemorySegment parameter,
      MemorySegment gradient,
      MemorySegment firstMoment,
      MemorySegment secondMoment,
      long n,
      AdamWStep step,
      float gradientScale) {
    AdamW.Simd.run(parameter, gradient, firstMoment, secondMoment, n, step, gradientScale);
  }

  @Override
  public void quantizeAbsmax(
      MemorySegment x, MemorySegment q, MemorySegment inverseScales, int rows, int cols, int bits) {
    Absmax.Simd.run(x, q, inverseScales, rows, cols, bits);
  }

  @Override
  public void dequantizeRows(
      MemorySegment q, MemorySegment inverseScales, MemorySegment out, int rows, int cols) {
    DequantizeRows.Simd.run(q, inverseScales, out, rows, cols);
  }

  @Override
  public void absmean(MemorySegment w, MemorySegment scales, int rows, int cols, int groupSize) {
    Absmean.Simd.run(w, scales, rows, cols, groupSize);
  }

  @Override
  public void ternarize(
      MemorySegment w,
      MemorySegment scales,
      MemorySegment trits,
      int rows,
      int cols,
      int groupSize) {
    Absmean.Simd.ternarize(w, scales, trits, rows, cols, groupSize);
  }

  @Override
  public void packTrits(MemorySegment trits, MemorySegment packed, int rows, int cols) {
    PackTrits.Simd.run(trits, packed, rows, cols);
  }

  @Override
  public long ternaryLayoutBytes(int rows, int cols) {
    return TernaryMatmul.Simd.layoutBytes(rows, cols);
  }

  @Override
  public void ternaryLayout(MemorySegment packed, MemorySegment layout, int rows, int cols) {
    TernaryMatmul.Simd.layout(packed, layout, rows, cols);
  }

  @Override
  public void ternaryMatmul(
      MemorySegment x, MemorySegment layout, MemorySegment out, int batch, int rows, int cols) {
    TernaryMatmul.Simd.run(x, layout, out, batch, rows, cols);
  }

  @Override
  public void ternaryMatmulGrouped(
      MemorySegment x,
      MemorySegment layout,
      MemorySegment scales,
      MemorySegment out,
      int batch,
      int rows,
      int cols,
      int groupSize) {
    TernaryMatmul.Simd.grouped(x, layout, scales, out, batch, rows, cols, groupSize);
  }

  @Override
  public boolean ternaryMatmulPays(int batch, int rows, int cols) {
    return false;
  }

  @Override
  public long tritDot(long[] aPlus, long[] aMinus, long[] bPlus, long[] bMinus) {
    return TritDot.Simd.run(aPlus, aMinus, bPlus, bMinus);
  }

  @Override
  public void tritAdd(
      long[] aPlus, long[] aMinus, long[] bPlus, long[] bMinus, long[] outPlus, long[] outMinus) {
    TritAdd.Simd.run(aPlus, aMinus, bPlus, bMinus, outPlus, outMinus);
  }
}
