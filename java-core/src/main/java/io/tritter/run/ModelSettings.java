package io.tritter.run;

import io.tritter.data.Tokenizer;
import io.tritter.format.FormatException;
import io.tritter.kernel.Activation;
import io.tritter.model.Preset;
import io.tritter.model.Transformer;
import io.tritter.model.TransformerConfig;
import io.tritter.model.TransformerConfig.Weights;
import io.tritter.tensor.Check;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The {@code model} section: a model to go on with, or the sizes of a new one.
 *
 * @param path a Hugging Face directory; null for a new model
 * @param config of a new model; its vocabulary is that of the tokenizer if the file names none
 * @param ownVocabulary whether the file names one
 */
public record ModelSettings(
    @Nullable Path path, @Nullable TransformerConfig config, boolean ownVocabulary) {
  public ModelSettings {
    if (config != null && config.weights() == Weights.BITNET && !config.subNorms()) {
      throw Check.expected("sub_norms", "true with weights bitnet, as its files have them", false);
    }
  }

  private static final String DEMO = "demo";

  static ModelSettings read(YamlMapping section) throws FormatException {
    String path = section.text("path");
    if (path != null) {
      return section.end(() -> new ModelSettings(Path.of(path), null, true));
    }
    TransformerConfig usual = preset(section);
    int vocabSize = section.integer("vocab_size", usual.vocabSize());
    int hiddenSize = section.integer("hidden_size", usual.hiddenSize());
    int intermediateSize = section.integer("intermediate_size", usual.intermediateSize());
    int layers = section.integer("layers", usual.layers());
    int heads = section.integer("heads", usual.heads());
    int kvHeads = section.integer("kv_heads", section.has("heads") ? heads : usual.kvHeads());
    boolean resized = section.has("heads") || section.has("hidden_size");
    int usualDim = resized ? hiddenSize / Math.max(1, heads) : usual.headDim();
    int headDim = section.integer("head_dim", usualDim);
    int context = section.integer("context", usual.context());
    float theta = (float) section.number("rope_theta", usual.ropeTheta());
    float eps = (float) section.number("norm_eps", usual.normEps());
    Weights weights = section.constant("weights", usual.weights());
    Activation activation = section.constant("activation", usual.activation());
    boolean subNorms = section.flag("sub_norms", usual.subNorms());
    boolean attentionBias = section.flag("attention_bias", usual.attentionBias());
    boolean mlpBias = section.flag("mlp_bias", usual.mlpBias());
    boolean tied = section.flag("tied_embeddings", usual.tiedEmbeddings());
    boolean ownVocabulary = section.has("vocab_size");
    return section.end(
        () ->
            new ModelSettings(
                null,
                new TransformerConfig(
                    vocabSize,
                    hiddenSize,
                    intermediateSize,
                    layers,
                    heads,
                    kvHeads,
                    headDim,
                    context,
                    theta,
                    eps,
                    weights,
                    activation,
                    usual.architecture(),
                    subNorms,
                    attentionBias,
                    mlpBias,
                    tied),
                ownVocabulary));
  }

  private static TransformerConfig preset(YamlMapping section) throws FormatException {
    String name = section.text("preset", DEMO);
    if (name.equals(DEMO)) {
      return TransformerConfig.demo();
    }
    List<String> names = Preset.ALL.stream().map(Preset::name).toList();
    if (!names.contains(name)) {
      throw section.refused(
          "preset", "model.preset: expected demo or one of %s, got '%s'".formatted(names, name));
    }
    return Preset.of(name).config();
  }

  /** Loads the model, or makes a new one for the ids of a tokenizer. */
  Transformer open(Tokenizer tokenizer, long seed) throws IOException {
    if (path != null) {
      return Transformer.loadForTraining(path);
    }
    TransformerConfig sizes = sizes(tokenizer);
    if (tokenizer.vocabSize() > sizes.vocabSize()) {
      throw Check.expected(
          "vocab_size", "at least the tokenizer's " + tokenizer.vocabSize(), sizes.vocabSize());
    }
    return Transformer.random(sizes, seed);
  }

  /** Sizes of a new model. */
  TransformerConfig sizes(Tokenizer tokenizer) {
    TransformerConfig c = config;
    if (c == null) {
      throw new IllegalStateException("model: expected sizes, got " + path);
    }
    return ownVocabulary ? c : c.withVocabSize(tokenizer.vocabSize());
  }
}
