package io.tritter.nn;

import io.tritter.kernel.Encoded;
import io.tritter.kernel.Kernels;
import io.tritter.tensor.Tensor;

/** A matrix that is not float32, as it lies in memory; it does not change. */
public interface EncodedMatrix {
  int rows();

  int cols();

  /** Its numbers, row by row. */
  Encoded elements();

  /** Bytes of all that it is stored in. */
  long sizeBytes();

  /** All of it in float32, [rows, cols]. */
  default Tensor decode() {
    Tensor out = Tensor.zeros(rows(), cols());
    Kernels.active().decode(elements(), 0, out.data(), out.size());
    return out;
  }
}
