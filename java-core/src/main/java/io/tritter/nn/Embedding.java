package io.tritter.nn;

import io.tritter.kernel.Kernels;
import io.tritter.tensor.Check;
import io.tritter.tensor.Tensor;
import java.lang.foreign.MemorySegment;

/** Row lookup in a table, [vocab, dim]. */
public final class Embedding {
  private final Parameter weight;

  public Embedding(Parameter weight) {
    Check.shape(weight.name(), weight.value().shape(), -1, -1);
    this.weight = weight;
  }

  /** The table, [vocab, dim]. */
  public Parameter weight() {
    return weight;
  }

  /**
   * {@code out[i, :] = weight[ids[i], :]}.
   *
   * @param out [ids.length, dim]
   * @throws IllegalArgumentException for an id outside the table, before anything is written
   */
  public void forward(int[] ids, Tensor out) {
    int vocab = weight.value().dim(0);
    for (int i = 0; i < ids.length; i++) {
      if (ids[i] < 0 || ids[i] >= vocab) {
        throw Check.expected("ids[" + i + "]", "0 to " + (vocab - 1), ids[i]);
      }
    }
    long rowBytes = (long) weight.value().dim(1) * Float.BYTES;
    for (int i = 0; i < ids.length; i++) {
      MemorySegment.copy(
          weight.value().data(), ids[i] * rowBytes, out.data(), i * rowBytes, rowBytes);
    }
  }

  /**
   * Backward of {@link #forward}: adds the rows of {@code dout} to the gradient, in order.
   *
   * @param ids int32 [rows] in native memory
   * @param dout [rows, dim]
   */
  public void backward(MemorySegment ids, Tensor dout) {
    Tensor gradient = weight.gradient();
    Kernels.active()
        .addRows(dout.data(), ids, gradient.data(), dout.dim(0), gradient.dim(0), gradient.dim(1));
  }
}
