package io.tritter.model;

import io.tritter.kernel.Kernels;
import io.tritter.tensor.Tensor;

/**
 * Rotary positions; see {@link Kernels#rope}.
 *
 * @param theta base of the angles
 */
record Rotation(int headDim, float theta) {
  /**
   * Turns each head by its position.
   *
   * @param x [batch * seqLen, heads * headDim], in place
   * @param position of the first row of each sequence
   */
  void turn(Tensor x, int heads, int batch, int seqLen, int position) {
    rope(x, heads, batch, seqLen, position, false);
  }

  /** Backward of {@link #turn}. */
  void turnBack(Tensor x, int heads, int batch, int seqLen, int position) {
    rope(x, heads, batch, seqLen, position, true);
  }

  private void rope(Tensor x, int heads, int batch, int seqLen, int position, boolean inverse) {
    Kernels.active()
        .rope(x.data(), x.data(), batch, seqLen, heads, headDim, position, theta, false, inverse);
  }
}
