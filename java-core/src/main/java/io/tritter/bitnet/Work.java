package io.tritter.bitnet;

import io.tritter.tensor.Scratch;

/** Working memory that all layers share, by what it is for. */
final class Work {
  /** Quantized activations, int8 or float32. */
  static final Scratch ACTIVATIONS = new Scratch();

  /** The inverse scales of the activations. */
  static final Scratch SCALES = new Scratch();

  /** Rows of dequantized weights. */
  static final Scratch WEIGHTS = new Scratch();

  /** The columns of an output that belong to those rows. */
  static final Scratch PART = new Scratch();

  private Work() {}
}
