package io.tritter.kernel;

import java.lang.foreign.MemorySegment;

/**
 * The operations of {@link Kernels} on matrices, on each of their rows and on each of their
 * elements; what is said there of memory, exactness and threads holds here.
 */
public interface DenseKernels {
  /**
   * {@code c = op(a) op(b)}, or {@code c += op(a) op(b)} with {@code accumulate}.
   *
   * @param a [rows, inner], or [inner, rows] when {@code transposeA}
   * @param b [inner, cols], or [cols, inner] when {@code transposeB}
   * @param c [rows, cols], aliases neither
   */
  void matmul(
      MemorySegment a,
      boolean transposeA,
      MemorySegment b,
      boolean transposeB,
      MemorySegment c,
      int rows,
      int cols,
      int inner,
      boolean accumulate);

  /**
   * {@code out = x}, rounded to the nearest bfloat16, ties to even. What is too large becomes
   * infinite, a NaN stays one and becomes quiet.
   *
   * @param x float32 [n]
   * @param out bfloat16 [n], 2 bytes each; not {@code x}
   */
  void toBfloat16(MemorySegment x, MemorySegment out, long n);

  /**
   * {@code out = x}, exactly.
   *
   * @param x bfloat16 [n]
   * @param out float32 [n]; not {@code x}
   */
  void fromBfloat16(MemorySegment x, MemorySegment out, long n);

  /**
   * {@link #matmul} of each matrix of a batch, with the same bits: {@code c[i] = op(a[i])
   * op(b[i])}. Matrix i starts {@code i * stride} elements after the first one.
   *
   * @param strideA may be 0: all products share {@code a}
   * @param strideB may be 0: all products share {@code b}
   * @param strideC at least {@code rows * cols}, unless {@code batch} is 1
   */
  void matmulBatched(
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
      boolean accumulate);

  /**
   * {@code y += x}, or {@code y -= x} where bit i%64 of word i/64 of {@code flips} is set.
   *
   * @param y not {@code x}
   */
  void addFlipped(MemorySegment x, long[] flips, MemorySegment y, int n);

  /** {@code y = alpha * x + beta * y}; with {@code beta} 0 the old {@code y} is not read. */
  void axpby(float alpha, MemorySegment x, float beta, MemorySegment y, long n);

  /** {@code x[r, :] *= alpha * scales[r]}, in place. */
  void scaleRows(MemorySegment x, MemorySegment scales, float alpha, int rows, int cols);

  /**
   * {@code table[ids[r], :] += x[r, :]} in order of r: the backward pass of looking rows up.
   *
   * @param x [rows, dim]
   * @param ids int32 [rows]
   * @param table [tableRows, dim]
   * @throws IllegalArgumentException for an id outside 0..tableRows-1, before anything is written
   */
  void addRows(
      MemorySegment x, MemorySegment ids, MemorySegment table, int rows, int tableRows, int dim);

  /** {@code sum(x * y)}, accumulated in float64 over fixed chunks. */
  double dot(MemorySegment x, MemorySegment y, long n);

  /**
   * Root-mean-square norm of each row: {@code out[r,i] = x[r,i] / sqrt(mean(x[r,:]^2) + eps) *
   * weight[i]} (Zhang and Sennrich, 2019).
   *
   * @param out [rows, dim], may be {@code x}
   */
  void rmsNorm(
      MemorySegment x, MemorySegment weight, MemorySegment out, int rows, int dim, float eps);

  /**
   * Backward of {@link #rmsNorm}.
   *
   * @param dx [rows, dim], written; may be {@code dout}
   * @param dweight [dim], added to
   */
  void rmsNormBackward(
      MemorySegment x,
      MemorySegment weight,
      MemorySegment dout,
      MemorySegment dx,
      MemorySegment dweight,
      int rows,
      int dim,
      float eps);

  /**
   * Layer norm: {@code out[r,i] = (x[r,i] - mean(x[r,:])) / sqrt(var(x[r,:]) + eps) * weight[i] +
   * bias[i]} (Ba et al., 2016), with the variance divided by dim.
   *
   * @param out [rows, dim], may be {@code x}
   */
  void layerNorm(
      MemorySegment x,
      MemorySegment weight,
      MemorySegment bias,
      MemorySegment out,
      int rows,
      int dim,
      float eps);

  /**
   * Backward of {@link #layerNorm}.
   *
   * @param dx [rows, dim], written; may be {@code dout}
   * @param dweight [dim], added to
   * @param dbias [dim], added to
   */
  void layerNormBackward(
      MemorySegment x,
      MemorySegment weight,
      MemorySegment dout,
      MemorySegment dx,
      MemorySegment dweight,
      MemorySegment dbias,
      int rows,
      int dim,
      float eps);

  /** {@code out = f(gate) * up} (Shazeer, 2020); {@code out} may be either input. */
  void gated(Activation f, MemorySegment gate, MemorySegment up, MemorySegment out, long n);

  /** Backward of {@link #gated}; {@code dgate} and {@code dup} may alias the inputs. */
  void gatedBackward(
      Activation f,
      MemorySegment gate,
      MemorySegment up,
      MemorySegment dout,
      MemorySegment dgate,
      MemorySegment dup,
      long n);

  /**
   * {@code out[r,i] = f(x[r,i] + bias[i])}.
   *
   * @param bias [dim], or {@link MemorySegment#NULL} for none
   * @param out [rows, dim], may be {@code x}
   */
  void activate(
      Activation f, MemorySegment x, MemorySegment bias, MemorySegment out, int rows, int dim);

  /**
   * Backward of {@link #activate}.
   *
   * @param dx [rows, dim], written; may be {@code dout} or {@code x}
   * @param dbias [dim], added to; not looked at when there is no bias
   */
  void activateBackward(
      Activation f,
      MemorySegment x,
      MemorySegment bias,
      MemorySegment dout,
      MemorySegment dx,
      MemorySegment dbias,
      int rows,
      int dim);

  /** Softmax of each row; {@code out} may be {@code x}. */
  void softmax(MemorySegment x, MemorySegment out, int rows, int dim);
}
