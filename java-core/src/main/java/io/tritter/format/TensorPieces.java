package io.tritter.format;

import io.tritter.tensor.Check;
import java.io.IOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Tensors of a file that is written piece by piece: their layout is known from the beginning, their
 * content is made when its turn comes.
 */
public interface TensorPieces {
  /**
   * Type and shape of a tensor.
   *
   * @param shape not to be written to
   */
  @SuppressWarnings("ArrayRecordComponent") // compared by fits
  record Layout(DType dtype, int... shape) {
    /** What a tensor has. */
    public static Layout of(StoredTensor tensor) {
      return new Layout(tensor.dtype(), tensor.shape());
    }

    /** Bytes of the content. */
    public long sizeBytes() {
      long bytes = dtype.bytes();
      for (int n : shape) {
        bytes = Math.multiplyExact(bytes, Check.atLeast("shape", n, 0));
      }
      return bytes;
    }

    @Override
    public String toString() {
      return dtype + Arrays.toString(shape);
    }

    boolean fits(StoredTensor tensor) {
      return tensor.dtype() == dtype && Arrays.equals(tensor.shape(), shape);
    }
  }

  /** The tensors by name. */
  Map<String, Layout> layout();

  /** Their content, of exactly that layout; called once. */
  Map<String, StoredTensor> make() throws IOException;

  /** Tensors that are there. */
  static TensorPieces of(Map<String, StoredTensor> tensors) {
    Map<String, Layout> layout = new LinkedHashMap<>();
    tensors.forEach((name, tensor) -> layout.put(name, Layout.of(tensor)));
    return new TensorPieces() {
      @Override
      public Map<String, Layout> layout() {
        return layout;
      }

      @Override
      public Map<String, StoredTensor> make() {
        return tensors;
      }
    };
  }
}
