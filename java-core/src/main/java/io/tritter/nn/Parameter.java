package io.tritter.nn;

import io.tritter.tensor.Tensor;

/**
 * A named weight and its gradient.
 *
 * @param name the name in a Hugging Face checkpoint, such as {@code model.norm.weight}
 * @param gradient of the same shape; backward passes add to it
 * @param decays whether weight decay applies: matrices yes, norms and biases no
 */
public record Parameter(String name, Tensor value, Tensor gradient, boolean decays) {

  /** A parameter of the given value with a gradient of zeros. */
  public static Parameter of(String name, Tensor value) {
    return new Parameter(name, value, Tensor.zeros(value.shape()), value.rank() > 1);
  }
}
