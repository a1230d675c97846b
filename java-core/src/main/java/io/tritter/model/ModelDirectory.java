package io.tritter.model;

import io.tritter.bitnet.QatLinear;
import io.tritter.format.FormatException;
import io.tritter.format.Safetensors;
import io.tritter.format.StoredTensor;
import io.tritter.nn.DenseLinear;
import io.tritter.nn.Linear;
import io.tritter.nn.Parameter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;

/** A model as a Hugging Face directory: {@code config.json} and {@code model.safetensors}. */
final class ModelDirectory {
  static final String CONFIG = "config.json";
  static final String TENSORS = "model.safetensors";

  private ModelDirectory() {}

  static Transformer load(Path directory) throws IOException {
    TransformerConfig config = ConfigJson.read(directory.resolve(CONFIG));
    Path file = directory.resolve(TENSORS);
    try (Safetensors tensors = Safetensors.open(file)) {
      return new Stored(config, file, tensors).build();
    }
  }

  /** Takes every weight from a file. */
  private static final class Stored extends TransformerWeights {
    private final Path file;
    private final Safetensors tensors;

    Stored(TransformerConfig config, Path file, Safetensors tensors) {
      super(config);
      this.file = file;
      this.tensors = tensors;
    }

    @Override
    Parameter vector(String name, int dim) throws IOException {
      return Parameter.of(name, stored(name, dim).toTensor());
    }

    @Override
    Parameter matrix(String name, int rows, int cols) throws IOException {
      return Parameter.of(name, stored(name, rows, cols).toTensor());
    }

    @Override
    Linear linear(String name, int out, int in) throws IOException {
      Parameter weight = matrix(name, out, in);
      return config.weights() == TransformerConfig.Weights.BITNET
          ? new QatLinear(weight)
          : new DenseLinear(weight);
    }

    private StoredTensor stored(String name, int... shape) throws FormatException {
      if (!tensors.names().contains(name)) {
        throw new FormatException(file.toString(), 0, "expected a tensor " + name + ", got none");
      }
      StoredTensor stored = tensors.get(name);
      if (!Arrays.equals(stored.shape(), shape)) {
        throw new FormatException(
            file.toString(),
            0,
            "%s: expected shape %s, got %s"
                .formatted(name, Arrays.toString(shape), Arrays.toString(stored.shape())));
      }
      return stored;
    }
  }
}
