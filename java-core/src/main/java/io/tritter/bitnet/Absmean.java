package io.tritter.bitnet;

import io.tritter.kernel.Kernels;
import io.tritter.kernel.Workers;
import io.tritter.tensor.Check;
import io.tritter.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Ternary weights and their scales, {@code w ~ trit * scale} with {@code scale = mean|w|}. */
public final class Absmean {
  private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;

  private Absmean() {}

  /**
   * Exact trits and what they are multiplied with.
   *
   * @param trits [rows, cols], -1, 0 and +1
   * @param scales a number for each group of consecutive weights
   */
  public record Quantized(Tensor trits, Tensor scales) {}

  /**
   * The quantizer of BitNet b1.58 (Ma et al., 2024): {@code scale = max(mean|w|, 1e-5)}, {@code
   * trit = clamp(roundHalfEven(w / scale), -1, 1)}.
   *
   * @param weight [rows, cols]
   * @param groupSize weights of a row that share a scale, or 0 for one scale, [1], of the tensor
   * @return scales [rows, ceil(cols / groupSize)]
   * @throws IllegalArgumentException for NaN or an infinity, with its position
   */
  public static Quantized quantize(String name, Tensor weight, int groupSize) {
    Check.shape(name, weight.shape(), -1, -1);
    Check.atLeast(name + " rows", weight.dim(0), 1);
    Check.atLeast(name + " cols", weight.dim(1), 1);
    Check.atLeast("groupSize", groupSize, 0);
    int rows = weight.dim(0);
    int cols = weight.dim(1);
    Tensor trits = Tensor.zeros(rows, cols);
    Tensor scales =
        groupSize == 0 ? Tensor.zeros(1) : Tensor.zeros(rows, Math.ceilDiv(cols, groupSize));
    quantize(name, weight, groupSize, trits, scales);
    return new Quantized(trits, scales);
  }

  /** {@link #quantize(String, Tensor, int)} into given memory; the trits are written last. */
  static void quantize(String name, Tensor weight, int groupSize, Tensor trits, Tensor scales) {
    int rows = groupSize == 0 ? 1 : weight.dim(0);
    int cols = groupSize == 0 ? Math.toIntExact(weight.size()) : weight.dim(1);
    int size = groupSize == 0 ? cols : groupSize;
    Kernels kernels = Kernels.active();
    kernels.absmean(weight.data(), scales.data(), rows, cols, size);
    for (long i = 0; i < scales.size(); i++) {
      if (!Float.isFinite(scales.get(i))) {
        throw notFinite(name, weight);
      }
    }
    kernels.ternarize(weight.data(), scales.data(), trits.data(), rows, cols, size);
  }

  /**
   * The quantizer of {@code tritter_accel.quantize_weights_absmean}: a scale a row without a floor,
   * 1 for a row of zeros, and halves rounded away from zero.
   *
   * @param weights [rows, cols]
   * @return trits [rows, cols] and scales [rows]
   * @throws IllegalArgumentException for NaN or an infinity, with its position
   */
  public static Quantized quantizeRows(Tensor weights) {
    Check.shape("weights", weights.shape(), -1, -1);
    int rows = Check.atLeast("weights rows", weights.dim(0), 1);
    int cols = Check.atLeast("weights cols", weights.dim(1), 1);
    Tensor trits = Tensor.zeros(rows, cols);
    Tensor scales = Tensor.zeros(rows);
    Workers.run(
        rows,
        r -> {
          float[] row = weights.rows(r, r + 1).toArray();
          scales.set(r, quantizeRow(row));
          MemorySegment.copy(row, 0, trits.data(), FLOAT, (long) r * cols * Float.BYTES, cols);
        });
    for (int r = 0; r < rows; r++) {
      if (!Float.isFinite(scales.get(r))) {
        throw notFinite("weights", weights);
      }
    }
    return new Quantized(trits, scales);
  }

  /** Replaces weights by trits; 2|w| >= scale says that w / scale rounds away from zero to 1. */
  private static float quantizeRow(float[] row) {
    double sum = 0;
    for (float w : row) {
      sum += Math.abs((double) w);
    }
    float mean = (float) (sum / row.length);
    float scale = mean == 0 ? 1 : mean;
    for (int c = 0; c < row.length; c++) {
      row[c] = 2 * Math.abs(row[c]) >= scale ? Math.signum(row[c]) : 0;
    }
    return scale;
  }

  private static IllegalArgumentException notFinite(String name, Tensor weight) {
    int cols = weight.dim(1);
    for (long i = 0; i < weight.size(); i++) {
      if (!Float.isFinite(weight.get(i))) {
        return Check.expected(
            name,
            "finite numbers",
            "%s at row %d, column %d".formatted(weight.get(i), i / cols, i % cols));
      }
    }
    throw new AssertionError(name + ": a scale that is not finite from weights that are");
  }
}
