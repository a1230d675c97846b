package io.tritter.model;

import io.tritter.bitnet.BitLinear;
import io.tritter.format.Gguf;
import io.tritter.format.GgufTensor;
import io.tritter.format.GgufType;
import io.tritter.format.GgufValue;
import io.tritter.kernel.Activation;
import io.tritter.model.TransformerConfig.Weights;
import io.tritter.nn.Linear;
import io.tritter.nn.Parameter;
import io.tritter.tensor.Check;
import io.tritter.tensor.Tensor;
import io.tritter.ternary.ScaledTrits;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Writes a model as a GGUF file of llama.cpp's architecture {@code llama} or {@code bitnet}.
 *
 * <p>A BitNet is written with the weights that it computes with, trit times scale, whatever the
 * type. A matrix whose rows are no multiple of the type's block becomes F16, as llama.cpp does it.
 * Embeddings and output matrix take the type too, or F16 where it is ternary; norms are F32.
 */
final class GgufExport {
  static final String ARCHITECTURE = "general.architecture";

  /** Numbers of llama.cpp's enum of file types. */
  private static final Map<GgufType, Integer> FILE_TYPES =
      Map.of(
          GgufType.F32,
          0,
          GgufType.F16,
          1,
          GgufType.Q8_0,
          7,
          GgufType.BF16,
          32,
          GgufType.TQ1_0,
          36,
          GgufType.TQ2_0,
          37);

  private final Transformer model;
  private final TransformerConfig config;
  private final GgufType type;
  private final Map<String, GgufTensor> tensors = new LinkedHashMap<>();

  private GgufExport(Transformer model, GgufType type) {
    this.model = model;
    this.config = model.config();
    this.type = type;
  }

  /**
   * Writes a file.
   *
   * @param type of the matrices; the ternary ones are for BitNets
   * @param tokenizer further metadata, {@code tokenizer.*}
   */
  static void write(Transformer trained, Path path, GgufType type, Map<String, GgufValue> tokenizer)
      throws IOException {
    Transformer model = trained.pack();
    boolean bitnet = model.config().weights() == Weights.BITNET;
    if (!bitnet && ternary(type)) {
      throw Check.expected("type", "F32, F16, BF16 or Q8_0 for a dense model", type);
    }
    if (bitnet != model.config().subNorms()) {
      throw Check.expected(
          "model", bitnet ? "sub-norms, as all of bitnet" : "no sub-norms in llama", model);
    }
    GgufExport export = new GgufExport(model, type);
    Map<String, GgufValue> metadata = export.metadata();
    metadata.putAll(tokenizer);
    export.collect();
    Gguf.write(path, metadata, export.tensors);
  }

  private Map<String, GgufValue> metadata() {
    boolean bitnet = config.weights() == Weights.BITNET;
    if (!bitnet && config.activation() != Activation.SILU) {
      throw Check.expected(
          "activation", "SILU, which is all that llama knows", config.activation());
    }
    String architecture = bitnet ? "bitnet" : "llama";
    String prefix = architecture + ".";
    Map<String, GgufValue> metadata = new LinkedHashMap<>();
    metadata.put(ARCHITECTURE, GgufValue.string(architecture));
    metadata.put("general.file_type", GgufValue.uint32(FILE_TYPES.getOrDefault(type, 0)));
    metadata.put("general.quantization_version", GgufValue.uint32(2));
    metadata.put(prefix + "vocab_size", GgufValue.uint32(config.vocabSize()));
    metadata.put(prefix + "context_length", GgufValue.uint32(config.context()));
    metadata.put(prefix + "embedding_length", GgufValue.uint32(config.hiddenSize()));
    metadata.put(prefix + "block_count", GgufValue.uint32(config.layers()));
    metadata.put(prefix + "feed_forward_length", GgufValue.uint32(config.intermediateSize()));
    metadata.put(prefix + "attention.head_count", GgufValue.uint32(config.heads()));
    metadata.put(prefix + "attention.head_count_kv", GgufValue.uint32(config.kvHeads()));
    metadata.put(prefix + "attention.layer_norm_rms_epsilon", GgufValue.float32(config.normEps()));
    metadata.put(prefix + "rope.freq_base", GgufValue.float32(config.ropeTheta()));
    metadata.put(prefix + "rope.dimension_count", GgufValue.uint32(config.headDim()));
    if (bitnet) {
      metadata.put(prefix + "hidden_act", GgufValue.string(ConfigJson.name(config.activation())));
    }
    return metadata;
  }

  private void collect() {
    for (Parameter p : model.parameters()) {
      tensors.put(GgufNames.of(p.name()), dense(p.name(), p.value()));
    }
    for (int i = 0; i < model.blocks().size(); i++) {
      Iterator<String> names = TransformerWeights.linearNames(i).iterator();
      for (Linear linear : model.blocks().get(i).linears()) {
        String name = GgufNames.of(names.next());
        if (linear instanceof BitLinear b) {
          tensors.put(name, ternary(b));
        }
      }
    }
  }

  private GgufTensor dense(String name, Tensor values) {
    if (values.rank() == 1) {
      return GgufTensor.of(GgufType.F32, values);
    }
    int heads = GgufNames.rotatedHeads(name, config);
    Tensor ordered = heads == 0 ? values : GgufNames.interleave(values, heads);
    return GgufTensor.of(fitting(ternary(type) ? GgufType.F16 : type, values.dim(1)), ordered);
  }

  private GgufTensor ternary(BitLinear layer) {
    GgufType fitting = fitting(type, layer.inFeatures());
    boolean scalesFit =
        layer.groupSize() == BitLinear.PER_TENSOR || layer.groupSize() == fitting.blockSize();
    if (ternary(fitting) && scalesFit) {
      return GgufTensor.of(fitting, new ScaledTrits(layer.weight(), layer.scales()));
    }
    return GgufTensor.of(ternary(fitting) ? GgufType.F16 : fitting, layer.dequantize());
  }

  private static GgufType fitting(GgufType type, int cols) {
    return cols % type.blockSize() == 0 ? type : GgufType.F16;
  }

  private static boolean ternary(GgufType type) {
    return type == GgufType.TQ1_0 || type == GgufType.TQ2_0;
  }
}
