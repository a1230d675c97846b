package io.tritter.model;

import io.tritter.bitnet.BitLinear;
import io.tritter.bitnet.QatLinear;
import io.tritter.format.FormatException;
import io.tritter.format.Gguf;
import io.tritter.format.GgufTensor;
import io.tritter.format.GgufType;
import io.tritter.format.GgufValue;
import io.tritter.kernel.Activation;
import io.tritter.model.TransformerConfig.Weights;
import io.tritter.nn.DenseLinear;
import io.tritter.nn.Linear;
import io.tritter.nn.Parameter;
import io.tritter.tensor.Tensor;
import io.tritter.ternary.ScaledTrits;
import io.tritter.ternary.TritMatrix;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.Function;

/**
 * Reads a GGUF file of llama.cpp's architecture {@code llama} or {@code bitnet}.
 *
 * <p>A matrix of {@code bitnet} whose entries are -s, 0 and s becomes a packed layer, whatever its
 * type; any other one is taken as master weights of training.
 */
final class GgufImport extends TransformerWeights {
  private static final int ACTIVATION_BITS = 8;

  private final Path path;
  private final Gguf file;

  private GgufImport(TransformerConfig config, Path path, Gguf file) {
    super(config);
    this.path = path;
    this.file = file;
  }

  static Transformer read(Path path) throws IOException {
    try (Gguf file = Gguf.open(path)) {
      return new GgufImport(config(path, file), path, file).build();
    }
  }

  private static TransformerConfig config(Path path, Gguf file) throws FormatException {
    String architecture = get(path, file, GgufExport.ARCHITECTURE, GgufValue::asString);
    if (!architecture.equals("llama") && !architecture.equals("bitnet")) {
      throw fail(path, "expected architecture llama or bitnet, got '" + architecture + "'");
    }
    boolean bitnet = architecture.equals("bitnet");
    String p = architecture + ".";
    int heads = integer(path, file, p + "attention.head_count");
    String kvHeads = p + "attention.head_count_kv";
    String theta = p + "rope.freq_base";
    String activation = p + "hidden_act"; // llama.cpp knows none, and computes SiLU
    GgufTensor table = tensor(path, file, "token_embd.weight");
    try {
      return new TransformerConfig(
          table.shape()[0],
          integer(path, file, p + "embedding_length"),
          integer(path, file, p + "feed_forward_length"),
          integer(path, file, p + "block_count"),
          heads,
          file.metadata().containsKey(kvHeads) ? integer(path, file, kvHeads) : heads,
          integer(path, file, p + "context_length"),
          file.metadata().containsKey(theta) ? number(path, file, theta) : 10_000f,
          number(path, file, p + "attention.layer_norm_rms_epsilon"),
          bitnet ? Weights.BITNET : Weights.DENSE,
          file.metadata().containsKey(activation)
              ? ConfigJson.activation(path, get(path, file, activation, GgufValue::asString))
              : Activation.SILU,
          bitnet,
          !file.tensors().containsKey("output.weight"));
    } catch (IllegalArgumentException e) {
      throw fail(path, String.valueOf(e.getMessage()));
    }
  }

  @Override
  Parameter vector(String name, int dim) throws IOException {
    return Parameter.of(name, floats(name, dim));
  }

  @Override
  Parameter matrix(String name, int rows, int cols) throws IOException {
    Tensor values = floats(name, rows, cols);
    int heads = GgufNames.rotatedHeads(name, config);
    return Parameter.of(name, heads == 0 ? values : GgufNames.separate(values, heads));
  }

  @Override
  Linear linear(String name, int out, int in) throws IOException {
    if (config.weights() == Weights.DENSE) {
      return new DenseLinear(matrix(name, out, in));
    }
    GgufTensor tensor = stored(name, out, in);
    try {
      if (tensor.type() == GgufType.TQ1_0 || tensor.type() == GgufType.TQ2_0) {
        return packed(tensor.toTrits(), tensor.type().blockSize());
      }
      Tensor values = tensor.toTensor();
      float scale = ternaryScale(values);
      if (scale == 0) {
        return new QatLinear(Parameter.of(name, values));
      }
      for (long i = 0; i < values.size(); i++) {
        values.set(i, Math.signum(values.get(i)));
      }
      return packed(
          new ScaledTrits(TritMatrix.pack(values), Tensor.of(new float[] {scale}, 1)), in);
    } catch (IllegalArgumentException e) {
      throw fail(path, name + ", " + e.getMessage());
    }
  }

  /** One scale where all blocks agree; those of nothing but zeros may say 0. */
  private static BitLinear packed(ScaledTrits weights, int blockSize) {
    float common = 0;
    for (float scale : weights.scales().toArray()) {
      if (scale != 0 && common != 0 && scale != common) {
        return new BitLinear(weights.trits(), weights.scales(), blockSize, null, ACTIVATION_BITS);
      }
      common = scale == 0 ? common : scale;
    }
    Tensor scale = Tensor.of(new float[] {common}, 1);
    return new BitLinear(weights.trits(), scale, BitLinear.PER_TENSOR, null, ACTIVATION_BITS);
  }

  /** The s of a matrix of nothing but -s, 0 and s; 0 if it is none. */
  private static float ternaryScale(Tensor values) {
    float scale = 0;
    for (long i = 0; i < values.size(); i++) {
      float x = Math.abs(values.get(i));
      if (x != 0 && scale != 0 && x != scale) {
        return 0;
      }
      scale = x == 0 ? scale : x;
    }
    return scale;
  }

  private Tensor floats(String name, int... shape) throws FormatException {
    return stored(name, shape).toTensor();
  }

  private GgufTensor stored(String name, int... shape) throws FormatException {
    GgufTensor tensor = tensor(path, file, GgufNames.of(name));
    if (!Arrays.equals(tensor.shape(), shape)) {
      throw fail(
          path,
          "%s: expected shape %s, got %s"
              .formatted(
                  GgufNames.of(name), Arrays.toString(shape), Arrays.toString(tensor.shape())));
    }
    return tensor;
  }

  private static GgufTensor tensor(Path path, Gguf file, String name) throws FormatException {
    GgufTensor tensor = file.tensors().get(name);
    if (tensor == null) {
      throw fail(path, "expected a tensor " + name + ", got none");
    }
    return tensor;
  }

  private static int integer(Path path, Gguf file, String key) throws FormatException {
    long value = get(path, file, key, GgufValue::asLong);
    if (value < 1 || value > Integer.MAX_VALUE) {
      throw fail(path, key + ": expected 1 to 2^31 - 1, got " + value);
    }
    return (int) value;
  }

  private static float number(Path path, Gguf file, String key) throws FormatException {
    return (float) (double) get(path, file, key, GgufValue::asDouble);
  }

  private static <T> T get(Path path, Gguf file, String key, Function<GgufValue, T> as)
      throws FormatException {
    GgufValue value = file.metadata().get(key);
    if (value == null) {
      throw fail(path, "expected a value of " + key + ", got none");
    }
    try {
      return as.apply(value);
    } catch (IllegalArgumentException e) {
      throw fail(path, key + ", " + e.getMessage());
    }
  }

  private static FormatException fail(Path path, String message) {
    return new FormatException(path.toString(), 0, message);
  }
}
