package io.tritter.model;

import io.tritter.bitnet.BitLinear;
import io.tritter.format.Gguf;
import io.tritter.format.GgufTensor;
import io.tritter.format.GgufType;
import io.tritter.format.GgufValue;
import io.tritter.model.TransformerConfig.Weights;
import io.tritter.nn.EncodedLinear;
import io.tritter.nn.EncodedMatrix;
import io.tritter.nn.Parameter;
import io.tritter.tensor.Check;
import io.tritter.tensor.Tensor;
import io.tritter.ternary.ScaledTrits;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Writes a model as a GGUF file of llama.cpp's architecture {@code llama}, {@code bitnet} or {@code
 * gpt2}.
 *
 * <p>A BitNet is written with the weights that it computes with, trit times scale, whatever the
 * type. A matrix whose rows are no multiple of the type's block becomes F16, as llama.cpp does it.
 * Embeddings and output matrix take the type too, or F16 where it is ternary; norms, biases and
 * learned positions are F32.
 */
final class GgufExport {
  private static final String POSITIONS = Gpt2Parts.PREFIX + "wpe.weight";

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
  private final GgufType type;
  private final Map<String, GgufTensor> tensors = new LinkedHashMap<>();

  private GgufExport(Transformer model, GgufType type) {
    this.model = model;
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
    if (model.config().weights() != Weights.BITNET && ternary(type)) {
      throw Check.expected("type", "F32, F16, BF16 or Q8_0 for a dense model", type);
    }
    GgufExport export = new GgufExport(model, type);
    Map<String, GgufValue> metadata = GgufMetadata.write(model.config());
    metadata.put("general.file_type", GgufValue.uint32(FILE_TYPES.getOrDefault(type, 0)));
    metadata.put("general.quantization_version", GgufValue.uint32(2));
    metadata.putAll(tokenizer);
    export.collect();
    Gguf.write(path, metadata, export.tensors);
  }

  private void collect() {
    for (Parameter p : model.parameters()) {
      tensors.put(GgufNames.of(p.name()), dense(p.name(), p.value()));
    }
    model
        .linears()
        .forEach(
            (name, linear) -> {
              if (linear instanceof BitLinear b) {
                boolean bitnet = model.config().weights() == Weights.BITNET;
                GgufTensor tensor = bitnet ? ternary(b) : dense(name, b.dequantize());
                tensors.put(GgufNames.of(name), tensor);
              } else if (linear instanceof EncodedLinear e) {
                encoded(name, e);
              }
            });
    EncodedMatrix table = model.embedding().tokens().encoded();
    if (table != null) {
      tensors.put(GgufNames.of(LlamaParts.TABLE), dense(LlamaParts.TABLE, table.decode()));
    }
    if (!model.config().tiedEmbeddings() && model.head() instanceof EncodedLinear e) {
      encoded(LlamaParts.HEAD, e);
    }
  }

  /** Weights of fewer bits go through float32. */
  private void encoded(String name, EncodedLinear layer) {
    tensors.put(GgufNames.of(name), dense(name, layer.weight().decode()));
    Tensor bias = layer.bias();
    if (bias != null) {
      String added = name.replaceFirst("weight$", "bias");
      tensors.put(GgufNames.of(added), dense(added, bias));
    }
  }

  private GgufTensor dense(String name, Tensor values) {
    Tensor ordered = GgufOrder.toFile(name, values, model.config());
    if (values.rank() == 1 || name.equals(POSITIONS)) {
      return GgufTensor.of(GgufType.F32, ordered);
    }
    return GgufTensor.of(fitting(ternary(type) ? GgufType.F16 : type, ordered.dim(1)), ordered);
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
