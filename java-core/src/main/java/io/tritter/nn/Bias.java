package io.tritter.nn;

import io.tritter.kernel.Kernels;
import io.tritter.tensor.Check;
import io.tritter.tensor.NativeMemory;
import io.tritter.tensor.Tensor;
import java.lang.foreign.MemorySegment;

/** What a layer adds to each row of a product, [dim]. */
final class Bias {
  final Parameter parameter;

  /** int32, zeros: each row's gradient goes to the one row that there is. */
  private MemorySegment rowIds = MemorySegment.NULL;

  Bias(Parameter parameter) {
    Check.shape(parameter.name(), parameter.value().shape(), -1);
    this.parameter = parameter;
  }

  int dim() {
    return parameter.value().dim(0);
  }

  /** {@code y[r, :] = bias}, to which a product is then added. */
  void fill(Tensor y) {
    long rowBytes = (long) dim() * Float.BYTES;
    for (long at = 0; at < y.data().byteSize(); at += rowBytes) {
      MemorySegment.copy(parameter.value().data(), 0, y.data(), at, rowBytes);
    }
  }

  /** Adds the sum of the rows of {@code dy} to the gradient. */
  void backward(Tensor dy) {
    int rows = dy.dim(0);
    if (rowIds.byteSize() < (long) rows * Integer.BYTES) {
      rowIds = NativeMemory.allocate((long) rows * Integer.BYTES);
    }
    Kernels.active().addRows(dy.data(), rowIds, parameter.gradient().data(), rows, 1, dim());
  }
}
