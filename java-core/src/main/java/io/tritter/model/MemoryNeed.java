package io.tritter.model;

import io.tritter.model.TransformerConfig.Weights;
import io.tritter.tensor.Check;

/** How many bytes a model takes outside the Java heap, by formulas; nothing is allocated. */
public final class MemoryNeed {
  /** The weight, its gradient, and two moments of AdamW. */
  private static final int TRAINED = 4;

  /** Of a ternary weight also its trit, and the trit times the scale. */
  private static final int TERNARY = 2;

  private MemoryNeed() {}

  /**
   * Of training steps with AdamW: four float32 a parameter and two more a ternary weight; the
   * activations that are kept ({@code interval} blocks, and the input of every {@code
   * interval}-th), the gradients of those of one block, and the logits.
   *
   * @param batch sequences
   * @param seqLen ids of each
   * @param interval of {@link Transformer#checkpointEvery}
   */
  public static long training(TransformerConfig c, int batch, int seqLen, int interval) {
    Check.atLeast("batch", batch, 1);
    Check.atLeast("seqLen", seqLen, 1);
    int kept = Math.min(Check.atLeast("interval", interval, 1), c.layers());
    boolean bitnet = c.weights() == Weights.BITNET;
    long parameters = TRAINED * c.parameterCount() + (bitnet ? TERNARY * c.matrixWeights() : 0);
    long inputs = Math.ceilDiv(c.layers(), kept) * (long) c.hiddenSize();
    long rowFloats = kept * blockFloats(c) + inputs + gradientFloats(c);
    rowFloats += c.hiddenSize() + c.joinedSize() + (long) c.vocabSize();
    // 8-bit inputs of the four groups of matrices
    long rowBytes =
        bitnet ? kept * (2L * c.hiddenSize() + c.querySize() + c.intermediateSize()) : 0;
    return Float.BYTES * parameters + batch * (long) seqLen * (Float.BYTES * rowFloats + rowBytes);
  }

  /**
   * Of generation on packed weights: two bits a ternary weight, four bytes any other parameter, and
   * keys and values of a whole context.
   */
  public static long inference(TransformerConfig c) {
    long ternary = c.weights() == Weights.BITNET ? c.matrixWeights() : 0;
    long cache = 2L * c.layers() * c.context() * c.kvSize();
    return ternary / 4 + Float.BYTES * (c.parameterCount() - ternary + cache);
  }

  /** Of one position in {@link BlockActivations}, its input left out. */
  private static long blockFloats(TransformerConfig c) {
    long hidden = 4L * c.hiddenSize(); // two norms, the middle, the output
    long attention = 2L * c.querySize() + 2L * c.kvSize() + c.heads();
    long feedForward = (c.gated() ? 3L : 2L) * c.intermediateSize();
    long subNorms = c.subNorms() ? (long) c.querySize() + c.intermediateSize() : 0;
    boolean copy = c.weights() == Weights.BITNET && !c.subNorms();
    return hidden + attention + feedForward + subNorms + (copy ? c.querySize() : 0);
  }

  /** Of one position in {@link BlockGradients}. */
  private static long gradientFloats(TransformerConfig c) {
    long attention = 2L * c.querySize() + 2L * c.kvSize();
    return 2L * c.hiddenSize() + attention + (c.gated() ? 3L : 2L) * c.intermediateSize();
  }
}
