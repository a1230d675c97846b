package io.tritter.model;

import com.fasterxml.jackson.databind.JsonNode;
import io.tritter.bitnet.BitLinear;
import io.tritter.bitnet.QatLinear;
import io.tritter.format.AtomicFile;
import io.tritter.format.BitsAndBytes;
import io.tritter.format.DType;
import io.tritter.format.FormatException;
import io.tritter.format.JsonFile;
import io.tritter.format.StoredTensor;
import io.tritter.format.TensorDirectory;
import io.tritter.nn.DenseLinear;
import io.tritter.nn.Embedding;
import io.tritter.nn.EncodedLinear;
import io.tritter.nn.EncodedMatrix;
import io.tritter.nn.HalfMatrix;
import io.tritter.nn.Linear;
import io.tritter.nn.Parameter;
import io.tritter.tensor.Tensor;
import io.tritter.ternary.HuggingFaceLayout;
import io.tritter.ternary.TritMatrix;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A model as a Hugging Face directory: {@code config.json} and {@code model.safetensors}. */
final class ModelDirectory {
  static final String CONFIG = "config.json";

  /** Where transformers cuts, too. */
  private static final long SHARD_BYTES = 5_000_000_000L;

  private static final int ACTIVATION_BITS = 8;

  private ModelDirectory() {}

  /**
   * Writes both files, each beside its place and renamed: trained weights in float32, ternary ones
   * in 2 bits in the layout of transformers' BitNet, those of 4 and 8 bits as bitsandbytes has
   * them, those of 16 bits as they are.
   */
  static void save(Transformer model, Path directory) throws IOException {
    Map<String, StoredTensor> tensors = new LinkedHashMap<>();
    model.parameters().forEach(p -> tensors.put(p.name(), StoredTensor.of(p.value())));
    StoredWeights stored = new StoredWeights(tensors);
    model.linears().forEach(stored::put);
    EncodedMatrix table = model.embedding().tokens().encoded();
    if (table != null) {
      stored.put(LlamaParts.TABLE, table);
    }
    if (!model.config().tiedEmbeddings()) {
      stored.put(LlamaParts.HEAD, model.head());
    }
    String config = ConfigJson.write(model.config(), stored.packed(), stored.dtype());
    Files.createDirectories(directory);
    TensorDirectory.write(directory, tensors, Map.of("format", "pt"), SHARD_BYTES);
    AtomicFile.write(directory.resolve(CONFIG), config);
  }

  static Transformer load(Path directory, boolean toTrain) throws IOException {
    if (Files.isRegularFile(directory)) {
      throw new FormatException(
          directory.toString(), 0, "expected a directory with " + CONFIG + ", got a file");
    }
    Path configFile = directory.resolve(CONFIG);
    JsonNode json = JsonFile.read(configFile);
    TransformerConfig config = ConfigJson.read(configFile, json);
    boolean inverseScales = ConfigJson.inverseScales(json);
    TensorDirectory tensors = TensorDirectory.open(directory);
    return new Stored(config, directory, tensors, inverseScales, toTrain).build();
  }

  /** Takes every weight from a file. */
  private static final class Stored extends TransformerWeights {
    private final Path directory;
    private final TensorDirectory tensors;
    private final boolean inverseScales;

    /** Whether weights of 16 bits become float32. */
    private final boolean toTrain;

    Stored(
        TransformerConfig config,
        Path directory,
        TensorDirectory tensors,
        boolean inverseScales,
        boolean toTrain) {
      super(config);
      this.toTrain = toTrain;
      this.directory = directory;
      this.tensors = tensors;
      this.inverseScales = inverseScales;
    }

    @Override
    Parameter vector(String name, int dim, float start) throws IOException {
      return Parameter.of(name, tensor(name, dim));
    }

    @Override
    Parameter matrix(String name, int rows, int cols) throws IOException {
      return Parameter.of(name, tensor(name, rows, cols));
    }

    @Override
    Linear linear(String layer, int out, int in, boolean bias) throws IOException {
      String name = layer + ".weight";
      if (tensors.names().contains(name + "_scale")) {
        return packed(name, out, in);
      }
      EncodedMatrix encoded = encoded(name, out, in);
      if (encoded != null) {
        Parameter added = bias(layer, out, bias);
        return new EncodedLinear(encoded, added == null ? null : added.value());
      }
      Parameter weight = matrix(name, out, in);
      return config.weights() == TransformerConfig.Weights.BITNET
          ? new QatLinear(weight)
          : new DenseLinear(weight, bias(layer, out, bias));
    }

    @Override
    Embedding table(String name, int rows, int cols) throws IOException {
      EncodedMatrix half = half(name, rows, cols);
      return half == null ? super.table(name, rows, cols) : new Embedding(half);
    }

    /** A matrix of a block where it lies in the file in fewer bits than 32; null otherwise. */
    private @Nullable EncodedMatrix encoded(String name, int out, int in) throws IOException {
      if (BitsAndBytes.isFourBit(tensors, name)) {
        return BitsAndBytes.fourBit(tensors, name, out, in);
      }
      if (BitsAndBytes.isInt8(tensors, name)) {
        return BitsAndBytes.int8(tensors, name, out, in);
      }
      return config.weights() == TransformerConfig.Weights.BITNET ? null : half(name, out, in);
    }

    private @Nullable EncodedMatrix half(String name, int rows, int cols) throws IOException {
      DType type = stored(name, rows, cols).dtype();
      return toTrain || (type != DType.BF16 && type != DType.F16)
          ? null
          : new HalfMatrix(tensors.bytes(name), rows, cols, type == DType.BF16);
    }

    private Linear packed(String name, int out, int in) throws IOException {
      StoredTensor bytes = stored(name, HuggingFaceLayout.byteRows(out), in);
      if (bytes.dtype() != DType.U8) {
        throw new FormatException(
            directory.toString(), 0, name + ": expected U8 beside a scale, got " + bytes.dtype());
      }
      Tensor scale = stored(name + "_scale", 1).toTensor();
      if (inverseScales) {
        scale.set(0, 1f / scale.get(0));
      }
      try {
        TritMatrix trits = HuggingFaceLayout.decode(bytes.data(), out, in);
        return new BitLinear(trits, scale, BitLinear.PER_TENSOR, null, ACTIVATION_BITS);
      } catch (IllegalArgumentException e) {
        throw new FormatException(directory.toString(), 0, name + ", " + e.getMessage());
      }
    }

    private Tensor tensor(String name, int... shape) throws FormatException {
      stored(name, shape);
      return tensors.tensor(nameInFile(name));
    }

    /** OpenAI's own GPT-2 has its names without the prefix. */
    private String nameInFile(String name) {
      boolean bare = name.startsWith(Gpt2Parts.PREFIX) && !tensors.names().contains(name);
      return bare ? name.substring(Gpt2Parts.PREFIX.length()) : name;
    }

    private StoredTensor stored(String name, int... shape) throws FormatException {
      String inFile = nameInFile(name);
      if (!tensors.names().contains(inFile)) {
        throw new FormatException(
            directory.toString(), 0, "expected a tensor " + name + ", got none");
      }
      StoredTensor stored = tensors.get(inFile);
      if (!Arrays.equals(stored.shape(), shape)) {
        throw new FormatException(
            directory.toString(),
            0,
            "%s: expected shape %s, got %s"
                .formatted(name, Arrays.toString(shape), Arrays.toString(stored.shape())));
      }
      return stored;
    }
  }
}
