package io.tritter.nn;

import io.tritter.kernel.Encoded;
import io.tritter.kernel.Kernels;
import io.tritter.tensor.Check;
import io.tritter.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Row lookup in a table, [vocab, dim]: one that is trained, or one of 16 bits that is not. */
public final class Embedding {
  private final @Nullable Parameter weight;
  private final @Nullable EncodedMatrix encoded;
  private final int vocab;
  private final int dim;

  /** A table that is trained. */
  public Embedding(Parameter weight) {
    Check.shape(weight.name(), weight.value().shape(), -1, -1);
    this.weight = weight;
    encoded = null;
    vocab = weight.value().dim(0);
    dim = weight.value().dim(1);
  }

  /** A table that is looked up as it lies in memory. */
  public Embedding(EncodedMatrix table) {
    weight = null;
    encoded = table;
    vocab = table.rows();
    dim = table.cols();
    table.elements().check("table", (long) vocab * dim);
  }

  /** The table, if it is trained. */
  public List<Parameter> parameters() {
    return weight == null ? List.of() : List.of(weight);
  }

  /** The table, if it is not trained. */
  public @Nullable EncodedMatrix encoded() {
    return encoded;
  }

  /** Number of rows. */
  public int vocab() {
    return vocab;
  }

  /** Numbers of a row. */
  public int dim() {
    return dim;
  }

  /** A copy of some rows, [ids.length, dim]; see {@link #forward}. */
  public Tensor rows(int... ids) {
    Tensor out = Tensor.zeros(ids.length, dim);
    forward(ids, out);
    return out;
  }

  /** The layer whose weight is the table: {@code y = x table^T}. */
  public Linear toLinear() {
    return weight != null ? new DenseLinear(weight) : new EncodedLinear(matrix(), null);
  }

  /**
   * {@code out[i, :] = weight[ids[i], :]}.
   *
   * @param out [ids.length, dim]
   * @throws IllegalArgumentException for an id outside the table, before anything is written
   */
  public void forward(int[] ids, Tensor out) {
    for (int i = 0; i < ids.length; i++) {
      if (ids[i] < 0 || ids[i] >= vocab) {
        throw Check.expected("ids[" + i + "]", "0 to " + (vocab - 1), ids[i]);
      }
    }
    if (weight == null) {
      Encoded elements = matrix().elements();
      for (int i = 0; i < ids.length; i++) {
        MemorySegment row = out.rows(i, i + 1).data();
        Kernels.active().decode(elements, (long) ids[i] * dim, row, dim);
      }
      return;
    }
    long rowBytes = (long) dim * Float.BYTES;
    for (int i = 0; i < ids.length; i++) {
      MemorySegment.copy(
          weight.value().data(), ids[i] * rowBytes, out.data(), i * rowBytes, rowBytes);
    }
  }

  /**
   * Backward of {@link #forward}: adds the rows of {@code dout} to the gradient, in order; nothing
   * where the table is not trained.
   *
   * @param ids int32 [rows] in native memory
   * @param dout [rows, dim]
   */
  public void backward(MemorySegment ids, Tensor dout) {
    if (weight != null) {
      Kernels.active().addRows(dout.data(), ids, weight.gradient().data(), dout.dim(0), vocab, dim);
    }
  }

  private EncodedMatrix matrix() {
    if (encoded == null) {
      throw new IllegalStateException("expected an encoded table");
    }
    return encoded;
  }
}
