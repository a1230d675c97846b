package io.tritter.optim;

import io.tritter.kernel.Kernels;
import io.tritter.tensor.Tensor;
import java.util.List;

/**
 * What a compression of gradients saves and costs.
 *
 * @param cosine of the angle between all gradients and what stands for them; for a sketch about the
 *     root of the ratio, if the gradients have no structure
 * @param relativeError norm of the difference of both over the norm of the gradients; 0 for
 *     gradients of zeros
 */
public record CompressionReport(
    long originalBytes, long compressedBytes, double cosine, double relativeError) {

  static CompressionReport of(List<Tensor> originals, List<Tensor> estimates, long bytes) {
    double product = 0;
    double squares = 0;
    double estimatedSquares = 0;
    double differences = 0;
    long elements = 0;
    for (int i = 0; i < originals.size(); i++) {
      Tensor x = originals.get(i);
      Tensor y = estimates.get(i);
      elements += x.size();
      product += dot(x, y);
      squares += dot(x, x);
      estimatedSquares += dot(y, y);
      Tensor difference = y.copy();
      difference.axpby(-1, x, 1);
      differences += dot(difference, difference);
    }
    double norms = Math.sqrt(squares) * Math.sqrt(estimatedSquares);
    return new CompressionReport(
        elements * Float.BYTES,
        bytes,
        norms == 0 ? 0 : product / norms,
        squares == 0 ? 0 : Math.sqrt(differences / squares));
  }

  /** Compressed bytes for each byte of the gradients. */
  public double ratio() {
    return compressedBytes / (double) originalBytes;
  }

  private static double dot(Tensor x, Tensor y) {
    return Kernels.active().dot(x.data(), y.data(), x.size());
  }
}
