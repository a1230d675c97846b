package io.tritter.kernel;

import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * Every hot operation of the system on raw memory with explicit sizes: the one service interface.
 *
 * <p>Memory segments are <em>native</em>, in the byte order of the machine, float32 unless a
 * comment says otherwise, and hold matrices row by row. Heap segments are refused: C2 compiles a
 * hot loop well for one class of segment only (docs/benchmarks.md has the figures). Trit planes are
 * {@code long[]}, bit d%64 of word d/64.
 *
 * <p>Gradients of activations are written, gradients of parameters are added to. A result depends
 * neither on the thread count nor, for integers, on the backend or the vector width.
 */
public interface Kernels extends TernaryKernels {

  /**
   * The name that the property {@code tritter.kernels} selects: {@code scalar}, {@code simd},
   * {@code native}.
   */
  String name();

  /** One line for {@code tritter info}: what the backend runs on. */
  String description();

  // --- dense ---------------------------------------------------------------------------------

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

  // --- transformer ---------------------------------------------------------------------------

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

  /**
   * Rotary position embedding (Su et al., 2021): pair {@code i} of a head turns by {@code position
   * * theta^(-2i/headDim)}.
   *
   * @param x [outer, seqLen, heads, headDim]; a tensor [B, H, N, D] is outer = B*H, heads = 1
   * @param out as {@code x}, may be {@code x}
   * @param firstPosition position of the first row of each sequence
   * @param interleaved pairs are (2i, 2i+1); otherwise (i, i + headDim/2), the Hugging Face layout
   * @param inverse turns backwards, which is also the backward pass
   */
  void rope(
      MemorySegment x,
      MemorySegment out,
      int outer,
      int seqLen,
      int heads,
      int headDim,
      int firstPosition,
      float theta,
      boolean interleaved,
      boolean inverse);

  /**
   * {@link #rmsNorm} of each head, then {@link #rope}, in one pass: the norm of queries and keys
   * (Henry et al., 2020).
   *
   * @param weight [headDim], the same for all heads
   * @param out as {@code x}, may be {@code x}
   */
  void rmsNormRope(
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
      float eps);

  /**
   * Backward of {@link #rmsNormRope}.
   *
   * @param dx as {@code x}, written; may be {@code dout}
   * @param dweight [headDim], added to
   */
  void rmsNormRopeBackward(
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

  /**
   * Mean of {@code -log softmax(logits)[target]} over the rows whose target is not ignored; 0 if
   * all are.
   *
   * @param logits [rows, classes]
   * @param targets int32 [rows]
   * @param dlogits [rows, classes] written with the gradient, may be {@code logits}; {@link
   *     MemorySegment#NULL} when only the loss is wanted
   * @return the loss in nats
   * @throws IllegalArgumentException for a target outside 0..classes-1 that is not ignoreIndex
   */
  double crossEntropy(
      MemorySegment logits,
      MemorySegment targets,
      MemorySegment dlogits,
      int rows,
      int classes,
      int ignoreIndex);

  /**
   * {@link #crossEntropy} of the logits {@code hidden weight^T}, of which only some rows exist at a
   * time: at most 32 MiB, or 16 rows.
   *
   * @param hidden [rows, dim]
   * @param weight [classes, dim]
   * @param targets int32 [rows]
   * @param dhidden [rows, dim] written, not {@code hidden}; {@link MemorySegment#NULL} when only
   *     the loss is wanted
   * @param dweight [classes, dim] added to; not looked at when only the loss is wanted
   */
  double linearCrossEntropy(
      MemorySegment hidden,
      MemorySegment weight,
      MemorySegment targets,
      MemorySegment dhidden,
      MemorySegment dweight,
      int rows,
      int dim,
      int classes,
      int ignoreIndex);

  /**
   * {@code out = softmax(q k^T * scale) v} with an online softmax in tiles, O(queries) extra memory
   * (Dao et al., 2022; Milakov and Gimelshein, 2018).
   *
   * @param out as {@code q}
   * @param logSumExp [batch, heads, queries], natural logarithm of the softmax denominator; the
   *     backward pass needs it
   */
  void attention(
      MemorySegment q,
      MemorySegment k,
      MemorySegment v,
      MemorySegment out,
      MemorySegment logSumExp,
      AttentionShape shape);

  /** Backward of {@link #attention}: recomputes the probabilities; dq, dk, dv are written. */
  void attentionBackward(
      MemorySegment q,
      MemorySegment k,
      MemorySegment v,
      MemorySegment out,
      MemorySegment logSumExp,
      MemorySegment dout,
      MemorySegment dq,
      MemorySegment dk,
      MemorySegment dv,
      AttentionShape shape);

  /**
   * Gated recurrent unit (Cho et al., 2014) over sequences, in PyTorch's form: {@code r, z =
   * sigmoid(W x + b + U h + c)}, {@code n = tanh(Wn x + bn + r * (Un h + cn))}, {@code h' = (1 - z)
   * * n + z * h}; the matrices have the rows of r, then z, then n. A cell is a sequence of length
   * 1.
   *
   * @param x [batch, seqLen, inputs]
   * @param h0 [batch, hidden]
   * @param wIh [3 hidden, inputs], W; {@code bIh} [3 hidden], b
   * @param wHh [3 hidden, hidden], U; {@code bHh} [3 hidden], c
   * @param out [batch, seqLen, hidden], the state after each step
   * @param gates [4 batch seqLen hidden], written: what the backward pass reads
   */
  void gru(
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
      int hidden);

  /**
   * Backward of {@link #gru} through all steps; gradients of the parameters are added to.
   *
   * @param gates as {@link #gru} left it; used up, so that there is one backward pass a forward
   *     pass
   * @param dout as {@code out}; the gradient of a final state is in the last step's
   * @param dx as {@code x}, written
   * @param dh0 as {@code h0}, written
   */
  void gruBackward(
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
      int hidden);

  /**
   * One AdamW update in one pass (Loshchilov and Hutter, 2019), PyTorch's order of operations.
   *
   * @param gradientScale multiplies the gradient first; global-norm clipping passes it
   */
  void adamW(
      MemorySegment parameter,
      MemorySegment gradient,
      MemorySegment firstMoment,
      MemorySegment secondMoment,
      long n,
      AdamWStep step,
      float gradientScale);

  /** The backend in use: the one named by the property {@code tritter.kernels}, else the best. */
  static Kernels active() {
    return Backends.ACTIVE;
  }

  /** All backends of this JVM, best first. */
  static List<Kernels> available() {
    return Backends.AVAILABLE;
  }

  /** Why the backend {@code native} is not available; empty where it is. */
  static String withoutNative() {
    return Backends.WITHOUT_NATIVE;
  }
}
