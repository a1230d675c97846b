package io.tritter.model;

import io.tritter.kernel.Activation;
import io.tritter.tensor.Check;

/**
 * Sizes of a Llama-style transformer, under the names that Hugging Face configurations use.
 *
 * @param vocabSize ids run from 0 to vocabSize - 1
 * @param hiddenSize width of the residual stream; a multiple of {@code heads}, even per head
 * @param intermediateSize width between the feed-forward matrices
 * @param layers blocks
 * @param heads query heads
 * @param kvHeads key and value heads, a divisor of {@code heads}
 * @param context longest sequence
 * @param ropeTheta base of the rotary embedding
 * @param normEps of the RMS norms
 * @param weights kind of the matrices inside the blocks; embeddings are always dense
 * @param activation of the feed-forward gate
 * @param subNorms a further norm before the output and the down projection, as BitNet b1.58 2B4T
 *     has it
 * @param tiedEmbeddings the output matrix is the embedding table
 */
public record TransformerConfig(
    int vocabSize,
    int hiddenSize,
    int intermediateSize,
    int layers,
    int heads,
    int kvHeads,
    int context,
    float ropeTheta,
    float normEps,
    Weights weights,
    Activation activation,
    boolean subNorms,
    boolean tiedEmbeddings) {

  /** Kind of the matrices inside the blocks. */
  public enum Weights {
    /** Float32. */
    DENSE,
    /** Ternary, trained with the straight-through estimator. */
    BITNET
  }

  public TransformerConfig {
    Check.atLeast("vocabSize", vocabSize, 1);
    Check.atLeast("hiddenSize", hiddenSize, 2);
    Check.atLeast("intermediateSize", intermediateSize, 1);
    Check.atLeast("layers", layers, 1);
    Check.atLeast("heads", heads, 1);
    Check.atLeast("kvHeads", kvHeads, 1);
    Check.atLeast("context", context, 1);
    Check.positive("ropeTheta", ropeTheta);
    Check.positive("normEps", normEps);
    if (hiddenSize % (2 * heads) != 0) {
      throw Check.expected("hiddenSize", "a multiple of 2 * heads = " + 2 * heads, hiddenSize);
    }
    if (heads % kvHeads != 0) {
      throw Check.expected("heads", "a multiple of kvHeads = " + kvHeads, heads);
    }
  }

  /** A byte-level BitNet of about 0.8 million parameters: the model of the demo. */
  public static TransformerConfig demo() {
    return new TransformerConfig(
        256, 128, 352, 4, 4, 4, 128, 10_000f, 1e-5f, Weights.BITNET, Activation.SILU, true, true);
  }

  /** The same model for another number of ids. */
  public TransformerConfig withVocabSize(int vocabSize) {
    return new TransformerConfig(
        vocabSize,
        hiddenSize,
        intermediateSize,
        layers,
        heads,
        kvHeads,
        context,
        ropeTheta,
        normEps,
        weights,
        activation,
        subNorms,
        tiedEmbeddings);
  }

  /** Width of one head. */
  public int headDim() {
    return hiddenSize / heads;
  }

  /** Width of the keys, and of the values, of one position. */
  public int kvSize() {
    return kvHeads * headDim();
  }

  /** Parameters of the model that this describes; nothing is allocated. */
  public long parameterCount() {
    long d = hiddenSize;
    long h = intermediateSize;
    long block = 2 * d * d + 2 * d * kvSize() + 3 * d * h + 2 * d + (subNorms ? d + h : 0);
    return vocabSize * d * (tiedEmbeddings ? 1 : 2) + layers * block + d;
  }
}
