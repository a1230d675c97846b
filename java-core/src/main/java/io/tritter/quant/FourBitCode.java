package io.tritter.quant;

import io.tritter.tensor.Tensor;

/** The sixteen numbers that a 4-bit code stands for, as multiples of a block's absmax. */
public enum FourBitCode {
  /** Quantiles of the normal distribution (Dettmers et al., 2023, QLoRA, appendix E). */
  NF4,

  /** A sign, two bits of exponent and one of fraction, over the largest of them, 12. */
  FP4;

  /** A copy of the numbers by code, [16]. */
  public Tensor numbers() {
    return shared().copy();
  }

  /** The numbers themselves, for kernels. */
  Tensor shared() {
    return switch (this) {
      case NF4 -> Numbers.NF4;
      case FP4 -> Numbers.FP4;
    };
  }

  private static final class Numbers {
    static final Tensor NF4 =
        of(
            -1f,
            -0.6961928f,
            -0.52507305f,
            -0.3949175f,
            -0.28444138f,
            -0.18477343f,
            -0.091050036f,
            0f,
            0.0795803f,
            0.1609302f,
            0.2461123f,
            0.33791524f,
            0.44070983f,
            0.562617f,
            0.72295684f,
            1f);

    static final Tensor FP4 =
        of(
            0f,
            0.0625f / 12,
            8f / 12,
            1f,
            4f / 12,
            6f / 12,
            2f / 12,
            3f / 12,
            0f,
            -0.0625f / 12,
            -8f / 12,
            -1f,
            -4f / 12,
            -6f / 12,
            -2f / 12,
            -3f / 12);

    private Numbers() {}

    private static Tensor of(float... numbers) {
      return Tensor.of(numbers, numbers.length);
    }
  }
}
