package io.tritter.nn;

import io.tritter.kernel.Encoded;
import io.tritter.tensor.Check;
import java.lang.foreign.MemorySegment;

/**
 * A matrix of 16-bit floats, such as a file has them.
 *
 * @param data 2 bytes an element, row by row; somebody keeps it alive
 * @param bfloat16 the upper halves of float32; otherwise the halves of IEEE 754
 */
public record HalfMatrix(MemorySegment data, int rows, int cols, boolean bfloat16)
    implements EncodedMatrix {

  public HalfMatrix {
    long bytes = 2L * rows * cols;
    if (data.byteSize() != bytes) {
      throw Check.expected("data", bytes + " bytes", data.byteSize());
    }
  }

  @Override
  public Encoded elements() {
    return bfloat16 ? new Encoded.OfBfloat16(data) : new Encoded.OfFloat16(data);
  }

  @Override
  public long sizeBytes() {
    return data.byteSize();
  }
}
