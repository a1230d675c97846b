package io.tritter.model;

import io.tritter.bitnet.BitLinear;
import io.tritter.bitnet.QatLinear;
import io.tritter.format.FormatException;
import io.tritter.format.Gguf;
import io.tritter.format.GgufTensor;
import io.tritter.format.GgufType;
import io.tritter.model.TransformerConfig.Weights;
import io.tritter.nn.DenseLinear;
import io.tritter.nn.Linear;
import io.tritter.nn.Parameter;
import io.tritter.tensor.Tensor;
import io.tritter.ternary.ScaledTrits;
import io.tritter.ternary.TritMatrix;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Reads a GGUF file of llama.cpp's architecture {@code llama}, {@code bitnet} or {@code gpt2}.
 *
 * <p>A matrix of {@code bitnet} whose entries are -s, 0 and s becomes a packed layer, whatever its
 * type; any other one is taken as master weights of training.
 */
final class GgufImport extends TransformerWeights {
  private static final int ACTIVATION_BITS = 8;

  private final GgufFields file;

  private GgufImport(TransformerConfig config, GgufFields file) {
    super(config);
    this.file = file;
  }

  static Transformer read(Path path) throws IOException {
    try (Gguf file = Gguf.open(path)) {
      GgufFields fields = new GgufFields(path, file);
      return new GgufImport(GgufMetadata.read(fields), fields).build();
    }
  }

  @Override
  Parameter vector(String name, int dim, float start) throws IOException {
    return Parameter.of(name, floats(name, dim));
  }

  @Override
  Parameter matrix(String name, int rows, int cols) throws IOException {
    return Parameter.of(name, floats(name, rows, cols));
  }

  @Override
  Parameter inputsFirst(String name, int in, int out) throws IOException {
    return matrix(name, out, in); // as the file has it
  }

  @Override
  Linear linear(String layer, int out, int in, boolean bias) throws IOException {
    String name = layer + ".weight";
    if (config.weights() == Weights.DENSE) {
      return new DenseLinear(matrix(name, out, in), bias(layer, out, bias));
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
      throw file.fail(name + ", " + e.getMessage());
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
    return GgufOrder.fromFile(name, stored(name, shape).toTensor(), config);
  }

  private GgufTensor stored(String name, int... shape) throws FormatException {
    return file.tensor(GgufNames.of(name), shape);
  }
}
