package io.tritter.model;

import io.tritter.format.JsonFile;
import io.tritter.kernel.Activation;
import io.tritter.tensor.Check;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Sizes and parts of a transformer.
 *
 * @param vocabSize ids run from 0 to vocabSize - 1
 * @param hiddenSize width of the residual stream
 * @param intermediateSize width between the feed-forward matrices
 * @param layers blocks
 * @param heads query heads
 * @param kvHeads key and value heads, a divisor of {@code heads}
 * @param headDim width of one head; even where positions turn it
 * @param context longest sequence
 * @param ropeTheta base of the rotary embedding; not looked at where positions are learned
 * @param normEps of the norms
 * @param weights kind of the matrices inside the blocks; embeddings are always dense
 * @param activation of the feed-forward part, or of its gate
 * @param architecture what blocks are made of
 * @param subNorms a further norm before the output and the down projection, as BitNet b1.58 2B4T
 *     has it
 * @param attentionBias whether the matrices of the attention have a bias
 * @param mlpBias whether the matrices of the feed-forward part have a bias
 * @param tiedEmbeddings the output matrix is the embedding table
 */
public record TransformerConfig(
    int vocabSize,
    int hiddenSize,
    int intermediateSize,
    int layers,
    int heads,
    int kvHeads,
    int headDim,
    int context,
    float ropeTheta,
    float normEps,
    Weights weights,
    Activation activation,
    Architecture architecture,
    boolean subNorms,
    boolean attentionBias,
    boolean mlpBias,
    boolean tiedEmbeddings) {
  private static final float THETA = 10_000f;
  private static final float EPS = 1e-5f;

  /** Kind of the matrices inside the blocks. */
  public enum Weights {
    /** Float32. */
    DENSE,
    /** Ternary, trained with the straight-through estimator. */
    BITNET
  }

  /** What blocks are made of. */
  public enum Architecture {
    /** RMS norms, rotary positions, a gated feed-forward part; BitNet has it too. */
    LLAMA,
    /** Layer norms, learned positions, a plain feed-forward part, biases; dense. */
    GPT2
  }

  public TransformerConfig {
    Check.atLeast("vocabSize", vocabSize, 1);
    Check.atLeast("hiddenSize", hiddenSize, 2);
    Check.atLeast("intermediateSize", intermediateSize, 1);
    Check.atLeast("layers", layers, 1);
    Check.atLeast("heads", heads, 1);
    Check.atLeast("kvHeads", kvHeads, 1);
    Check.atLeast("headDim", headDim, 1);
    Check.atLeast("context", context, 1);
    Check.positive("ropeTheta", ropeTheta);
    Check.positive("normEps", normEps);
    if (heads % kvHeads != 0) {
      throw Check.expected("heads", "a multiple of kvHeads = " + kvHeads, heads);
    }
    if ((long) heads * headDim > Integer.MAX_VALUE) {
      throw Check.expected("headDim", "heads * headDim below 2^31", headDim);
    }
    switch (architecture) {
      case LLAMA -> {
        if (headDim % 2 != 0) {
          throw Check.expected("headDim", "an even number", headDim);
        }
        if (weights == Weights.BITNET && (attentionBias || mlpBias)) {
          throw Check.expected("weights", "DENSE in layers with a bias", weights);
        }
      }
      case GPT2 -> {
        if (heads * headDim != hiddenSize || kvHeads != heads) {
          throw Check.expected(
              "heads",
              "kvHeads, headDim of hiddenSize / heads for GPT2",
              "%d heads, %d kvHeads, headDim %d of %d"
                  .formatted(heads, kvHeads, headDim, hiddenSize));
        }
        if (weights != Weights.DENSE || subNorms || !attentionBias || !mlpBias) {
          throw Check.expected(
              "architecture", "GPT2 to be dense, biased, without sub-norms", weights);
        }
      }
    }
  }

  /**
   * A Llama-style model without biases, whose heads share {@code hiddenSize}.
   *
   * @throws IllegalArgumentException also where hiddenSize is no multiple of 2 * heads
   */
  public TransformerConfig(
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
    this(
        vocabSize,
        hiddenSize,
        intermediateSize,
        layers,
        heads,
        kvHeads,
        headDim(hiddenSize, heads),
        context,
        ropeTheta,
        normEps,
        weights,
        activation,
        Architecture.LLAMA,
        subNorms,
        false,
        false,
        tiedEmbeddings);
  }

  /**
   * The sizes of a model in a Hugging Face directory, by its {@code config.json} alone.
   *
   * @throws io.tritter.format.FormatException if the file does not hold what it promises
   */
  public static TransformerConfig read(Path directory) throws IOException {
    Path file = directory.resolve(ModelDirectory.CONFIG);
    return ConfigJson.read(file, JsonFile.read(file));
  }

  /** A byte-level BitNet of about 0.8 million parameters: the model of the demo. */
  public static TransformerConfig demo() {
    return new TransformerConfig(
        256, 128, 352, 4, 4, 4, 128, THETA, EPS, Weights.BITNET, Activation.SILU, true, true);
  }

  /** A GPT-2 as OpenAI's are: four times as wide in the feed-forward part, embeddings tied. */
  public static TransformerConfig gpt2(
      int vocabSize, int hiddenSize, int layers, int heads, int context) {
    if (heads < 1 || hiddenSize % heads != 0) {
      throw Check.expected("hiddenSize", "a multiple of heads = " + heads, hiddenSize);
    }
    return new TransformerConfig(
        vocabSize,
        hiddenSize,
        Math.multiplyExact(4, hiddenSize),
        layers,
        heads,
        heads,
        hiddenSize / heads,
        context,
        THETA,
        EPS,
        Weights.DENSE,
        Activation.GELU_TANH,
        Architecture.GPT2,
        false,
        true,
        true,
        true);
  }

  /** The same with heads of another width. */
  public TransformerConfig withHeadDim(int dim) {
    return with(vocabSize, dim, attentionBias, mlpBias);
  }

  /** The same with biases in the matrices of the attention, of the feed-forward part. */
  public TransformerConfig withBiases(boolean attention, boolean mlp) {
    return with(vocabSize, headDim, attention, mlp);
  }

  /** The same for another number of ids. */
  public TransformerConfig withVocabSize(int ids) {
    return with(ids, headDim, attentionBias, mlpBias);
  }

  private TransformerConfig with(int ids, int dim, boolean attention, boolean mlp) {
    return new TransformerConfig(
        ids,
        hiddenSize,
        intermediateSize,
        layers,
        heads,
        kvHeads,
        dim,
        context,
        ropeTheta,
        normEps,
        weights,
        activation,
        architecture,
        subNorms,
        attention,
        mlp,
        tiedEmbeddings);
  }

  /** Width of the queries of one position. */
  public int querySize() {
    return heads * headDim;
  }

  /** Width of the keys, and of the values, of one position. */
  public int kvSize() {
    return kvHeads * headDim;
  }

  /** Whether a gate multiplies what the feed-forward part has in between. */
  boolean gated() {
    return architecture == Architecture.LLAMA;
  }

  /** Width of queries, keys and values where one matrix makes them, else 0. */
  int joinedSize() {
    return architecture == Architecture.GPT2 ? querySize() + 2 * kvSize() : 0;
  }

  /** Weights of the matrices inside the blocks: those that {@link Weights} speaks of. */
  long matrixWeights() {
    long d = hiddenSize;
    long attention = 2 * d * querySize() + 2 * d * kvSize();
    return layers * (attention + (gated() ? 3 : 2) * d * intermediateSize);
  }

  /** Multiplications of a block's forward pass for an id, a mean over sequences of a length. */
  public double blockMultiplications(int length) {
    return (double) matrixWeights() / layers + (double) querySize() * (length + 1);
  }

  /** Multiplications of the output matrix for an id. */
  public double headMultiplications() {
    return (double) vocabSize * hiddenSize;
  }

  /** Parameters of the model that this describes; nothing is allocated. */
  public long parameterCount() {
    long d = hiddenSize;
    long h = intermediateSize;
    long q = querySize();
    boolean layerNorms = architecture == Architecture.GPT2;
    long norm = layerNorms ? 2 * d : d;
    long attentionBiases = attentionBias ? q + 2L * kvSize() + d : 0;
    long mlpBiases = mlpBias ? (gated() ? 2 : 1) * h + d : 0;
    long vectors =
        layers * (attentionBiases + mlpBiases + 2 * norm + (subNorms ? q + h : 0)) + norm;
    long positions = layerNorms ? context * d : 0;
    return vocabSize * d * (tiedEmbeddings ? 1 : 2) + positions + matrixWeights() + vectors;
  }

  /**
   * Width of heads that share {@code hiddenSize}.
   *
   * @throws IllegalArgumentException where hiddenSize is no multiple of 2 * heads
   */
  public static int headDim(int hiddenSize, int heads) {
    Check.atLeast("heads", heads, 1);
    if (hiddenSize % (2 * heads) != 0) {
      throw Check.expected("hiddenSize", "a multiple of 2 * heads = " + 2 * heads, hiddenSize);
    }
    return hiddenSize / heads;
  }
}
