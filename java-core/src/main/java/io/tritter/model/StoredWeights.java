package io.tritter.model;

import io.tritter.bitnet.BitLinear;
import io.tritter.format.BitsAndBytes;
import io.tritter.format.DType;
import io.tritter.format.StoredTensor;
import io.tritter.nn.EncodedLinear;
import io.tritter.nn.EncodedMatrix;
import io.tritter.nn.HalfMatrix;
import io.tritter.nn.Linear;
import io.tritter.quant.FourBitCode;
import io.tritter.quant.FourBitMatrix;
import io.tritter.quant.Int8Matrix;
import io.tritter.tensor.Check;
import io.tritter.tensor.Tensor;
import io.tritter.ternary.HuggingFaceLayout;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Collects the tensors of a model that is written, and in what form its matrices are. */
final class StoredWeights {
  private static final String FLOAT32 = "float32";

  private final Map<String, StoredTensor> tensors;
  private @Nullable Quantization packed;
  private String dtype = FLOAT32;

  StoredWeights(Map<String, StoredTensor> tensors) {
    this.tensors = tensors;
  }

  /** How the matrices are packed; null if none is. */
  @Nullable Quantization packed() {
    return packed;
  }

  /** PyTorch's name of the type of the weights that are not packed. */
  String dtype() {
    return dtype;
  }

  /** The weight of a layer, unless that is a parameter. */
  void put(String name, Linear linear) {
    switch (linear) {
      case BitLinear b -> {
        packed = Quantization.to(Quantization.Target.BITNET);
        int[] shape = {HuggingFaceLayout.byteRows(b.outFeatures()), b.inFeatures()};
        tensors.put(name, StoredTensor.of(HuggingFaceLayout.encode(b.weight()), shape));
        tensors.put(name + "_scale", StoredTensor.of(b.scales()));
      }
      case EncodedLinear e -> {
        put(name, e.weight());
        Tensor bias = e.bias();
        if (bias != null) {
          tensors.put(name.replaceFirst("weight$", "bias"), StoredTensor.of(bias));
        }
      }
      default -> {}
    }
  }

  /** A matrix that is no parameter. */
  void put(String name, EncodedMatrix matrix) {
    switch (matrix) {
      case HalfMatrix h -> {
        dtype = h.bfloat16() ? "bfloat16" : "float16";
        DType type = h.bfloat16() ? DType.BF16 : DType.F16;
        tensors.put(name, StoredTensor.of(type, h.data(), h.rows(), h.cols()));
      }
      case FourBitMatrix f -> {
        Quantization.Target target =
            f.code() == FourBitCode.NF4 ? Quantization.Target.NF4 : Quantization.Target.FP4;
        packed = new Quantization(target, f.blockSize(), f.nested() != null);
        tensors.putAll(BitsAndBytes.parts(name, f, FLOAT32));
      }
      case Int8Matrix i -> {
        packed = Quantization.to(Quantization.Target.INT8);
        tensors.putAll(BitsAndBytes.parts(name, i));
      }
      default -> throw Check.expected(name, "a matrix of a known form", matrix);
    }
  }
}
