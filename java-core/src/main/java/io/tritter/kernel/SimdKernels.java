package io.tritter.kernel;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import jdk.incubator.vector.FloatVector;

/** Every operation on the Vector API, at whatever width the machine offers, on all threads. */
class SimdKernels implements Kernels {
  private static final Gru.Cell GRU_CELL = new GruCell.Simd();

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
  public void matmulBatched(
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
    MatmulBatched.Simd.run(
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
  public void axpby(float alpha, MemorySegment x, float beta, MemorySegment y, long n) {
    Axpby.Simd.run(alpha, x, beta, y, n);
  }

  @Override
  public void scaleRows(MemorySegment x, MemorySegment scales, float alpha, int rows, int cols) {
    ScaleRows.Simd.run(x, scales, alpha, rows, cols);
  }

  @Override
  public void addRows(
      MemorySegment x, MemorySegment ids, MemorySegment table, int rows, int tableRows, int dim) {
    AddRows.Simd.run(x, ids, table, rows, tableRows, dim);
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
  public void layerNorm(
      MemorySegment x,
      MemorySegment weight,
      MemorySegment bias,
      MemorySegment out,
      int rows,
      int dim,
      float eps) {
    LayerNorm.Simd.run(x, weight, bias, out, rows, dim, eps);
  }

  @Override
  public void layerNormBackward(
      MemorySegment x,
      MemorySegment weight,
      MemorySegment dout,
      MemorySegment dx,
      MemorySegment dweight,
      MemorySegment dbias,
      int rows,
      int dim,
      float eps) {
    LayerNorm.Simd.backward(x, weight, dout, dx, dweight, dbias, rows, dim, eps);
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
  public void rmsNormRope(
      MemorySegment x,
      MemorySegment weight,
      MemorySegment out,
      int outer,
      int seqLen,
      int heads,
      int headDim,
      int firstPosition,
      float theta,
      boolean interleaved,
      float eps) {
    RmsNormRope.Simd.run(
        x, weight, out, outer, seqLen, heads, headDim, firstPosition, theta, interleaved, eps);
  }

  @Override
  public void rmsNormRopeBackward(
      MemorySegment x,
      MemorySegment weight,
      MemorySegment dout,
      MemorySegment dx,
      MemorySegment dweight,
      int outer,
      int seqLen,
      int heads,
      int headDim,
      int firstPosition,
      float theta,
      boolean interleaved,
      float eps) {
    RmsNormRope.Simd.backward(
        x,
        weight,
        dout,
        dx,
        dweight,
        outer,
        seqLen,
        heads,
        headDim,
        firstPosition,
        theta,
        interleaved,
        eps);
  }

  @Override
  public void gated(Activation f, MemorySegment gate, MemorySegment up, MemorySegment out, long n) {
    Gated.Simd.run(f, gate, up, out, n);
  }

  @Override
  public void gatedBackward(
      Activation f,
      MemorySegment gate,
      MemorySegment up,
      MemorySegment dout,
      MemorySegment dgate,
      MemorySegment dup,
      long n) {
    Gated.Simd.backward(f, gate, up, dout, dgate, dup, n);
  }

  @Override
  public void activate(
      Activation f, MemorySegment x, MemorySegment bias, MemorySegment out, int rows, int dim) {
    Activate.Simd.run(f, x, bias, out, rows, dim);
  }

  @Override
  public void activateBackward(
      Activation f,
      MemorySegment x,
      MemorySegment bias,
      MemorySegment dout,
      MemorySegment dx,
      MemorySegment dbias,
      int rows,
      int dim) {
    Activate.Simd.backward(f, x, bias, dout, dx, dbias, rows, dim);
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
    return CrossEntropy.run(
        CrossEntropy.Simd::sum, logits, targets, dlogits, rows, classes, ignoreIndex);
  }

  @Override
  public double linearCrossEntropy(
      MemorySegment hidden,
      MemorySegment weight,
      MemorySegment targets,
      MemorySegment dhidden,
      MemorySegment dweight,
      int rows,
      int dim,
      int classes,
      int ignoreIndex) {
    return LinearCrossEntropy.run(
        this,
        CrossEntropy.Simd::sum,
        hidden,
        weight,
        targets,
        dhidden,
        dweight,
        rows,
        dim,
        classes,
        ignoreIndex);
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
  public void gru(
      MemorySegment x,
      MemorySegment h0,
      MemorySegment wIh,
      MemorySegment wHh,
      MemorySegment bIh,
      MemorySegment bHh,
      MemorySegment out,
      MemorySegment gates,
      int batch,
      int seqLen,
      int inputs,
      int hidden) {
    Gru.run(this, GRU_CELL, x, h0, wIh, wHh, bIh, bHh, out, gates, batch, seqLen, inputs, hidden);
  }

  @Override
  public void gruBackward(
      MemorySegment x,
      MemorySegment h0,
      MemorySegment wIh,
      MemorySegment wHh,
      MemorySegment out,
      MemorySegment gates,
      MemorySegment dout,
      MemorySegment dx,
      MemorySegment dh0,
      MemorySegment dwIh,
      MemorySegment dwHh,
      MemorySegment dbIh,
      MemorySegment dbHh,
      int batch,
      int seqLen,
      int inputs,
      int hidden) {
    Gru.backward(
        this, GRU_CELL, x, h0, wIh, wHh, out, gates, dout, dx, dh0, dwIh, dwHh, dbIh, dbHh, batch,
        seqLen, inputs, hidden);
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
  public TernaryWeights ternaryWeights(
      MemorySegment packed, int rows, int cols, TernaryLevel level, SegmentAllocator memory) {
    return level == TernaryLevel.SPARSE
        ? new SparseVectors(packed, rows, cols)
        : Kernels.super.ternaryWeights(packed, rows, cols, level, memory);
  }

  @Override
  public long tritDot(long[] aPlus, long[] aMinus, long[] bPlus, long[] bMinus) {
    return TritDot.Simd.run(aPlus, aMinus, bPlus, bMinus);
  }

  @Override
  public void tritMatmul(
      long[] aPlus,
      long[] aMinus,
      long[] bPlus,
      long[] bMinus,
      int[] out,
      int rows,
      int cols,
      int words) {
    TritMatmul.Simd.run(aPlus, aMinus, bPlus, bMinus, out, rows, cols, words);
  }

  @Override
  public void tritAdd(
      long[] aPlus, long[] aMinus, long[] bPlus, long[] bMinus, long[] outPlus, long[] outMinus) {
    TritAdd.Simd.run(aPlus, aMinus, bPlus, bMinus, outPlus, outMinus);
  }

  @Override
  public void tritMultiply(
      long[] aPlus, long[] aMinus, long[] bPlus, long[] bMinus, long[] outPlus, long[] outMinus) {
    TritMultiply.Simd.run(aPlus, aMinus, bPlus, bMinus, outPlus, outMinus);
  }

  @Override
  public long tritDifferences(long[] aPlus, long[] aMinus, long[] bPlus, long[] bMinus) {
    return TritDifferences.Simd.run(aPlus, aMinus, bPlus, bMinus);
  }

  @Override
  public void tritRotate(long[] plane, int by, int size, long[] out) {
    TritRotate.Simd.run(plane, by, size, out);
  }

  @Override
  public void tritRandom(long seed, long[] plus, long[] minus) {
    TritRandom.Simd.run(seed, plus, minus);
  }

  @Override
  public void tritVote(
      long[][] plus,
      long[][] minus,
      long[] weights,
      int[] shifts,
      long[] outPlus,
      long[] outMinus) {
    TritVote.Simd.run(plus, minus, weights, shifts, outPlus, outMinus);
  }
}
