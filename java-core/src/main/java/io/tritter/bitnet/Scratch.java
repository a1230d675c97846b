package io.tritter.bitnet;

import io.tritter.tensor.Tensor;

/**
 * Working memory of a thread that all layers share: grown when needed, kept, and left with whatever
 * the last use wrote.
 */
final class Scratch {
  private static final ThreadLocal<Scratch> OF_THREAD = ThreadLocal.withInitial(Scratch::new);

  private Tensor activations = Tensor.zeros(0);
  private Tensor scales = Tensor.zeros(0);
  private Tensor weights = Tensor.zeros(0);
  private Tensor part = Tensor.zeros(0);

  private Scratch() {}

  static Scratch ofThread() {
    return OF_THREAD.get();
  }

  /** For quantized activations, int8 or float32. */
  Tensor activations(long floats) {
    activations = grown(activations, floats);
    return activations;
  }

  /** For the inverse scales of the activations. */
  Tensor scales(long floats) {
    scales = grown(scales, floats);
    return scales;
  }

  /** For rows of dequantized weights. */
  Tensor weights(long floats) {
    weights = grown(weights, floats);
    return weights;
  }

  /** For the columns of an output that belong to those rows. */
  Tensor part(long floats) {
    part = grown(part, floats);
    return part;
  }

  private static Tensor grown(Tensor tensor, long floats) {
    return tensor.size() >= floats ? tensor : Tensor.zeros(Math.toIntExact(floats));
  }
}
