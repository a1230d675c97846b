package io.tritter.model;

import io.tritter.bitnet.Absmean;
import io.tritter.format.BitsAndBytes;
import io.tritter.format.DType;
import io.tritter.format.FormatException;
import io.tritter.format.StoredTensor;
import io.tritter.format.TensorDirectory;
import io.tritter.format.TensorPieces;
import io.tritter.kernel.Kernels;
import io.tritter.quant.FourBitCode;
import io.tritter.quant.FourBitMatrix;
import io.tritter.quant.Int8Matrix;
import io.tritter.tensor.Tensor;
import io.tritter.ternary.HuggingFaceLayout;
import io.tritter.ternary.TritMatrix;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;

/** A matrix of a checkpoint that is quantized when its turn comes. */
record QuantizedPieces(
    TensorDirectory tensors,
    String name,
    int rows,
    int cols,
    Quantization to,
    Consumer<Quantizer.Matrix> each)
    implements TensorPieces {

  static QuantizedPieces of(
      TensorDirectory tensors, String name, Quantization to, Consumer<Quantizer.Matrix> each)
      throws FormatException {
    StoredTensor stored = tensors.get(name);
    int[] shape = stored.shape();
    boolean dense =
        stored.dtype() == DType.F32 || stored.dtype() == DType.F16 || stored.dtype() == DType.BF16;
    if (!dense || shape.length != 2 || stored.size() == 0) {
      throw tensors.fault(name, "expected a matrix of F32, F16 or BF16, got " + stored);
    }
    return new QuantizedPieces(tensors, name, shape[0], shape[1], to, each);
  }

  @Override
  public Map<String, Layout> layout() {
    return switch (to.target()) {
      case BITNET -> {
        Map<String, Layout> layout = new LinkedHashMap<>();
        layout.put(name, new Layout(DType.U8, HuggingFaceLayout.byteRows(rows), cols));
        layout.put(name + "_scale", new Layout(DType.F32, 1));
        yield layout;
      }
      case NF4 -> fourBit(FourBitCode.NF4);
      case FP4 -> fourBit(FourBitCode.FP4);
      case INT8 -> BitsAndBytes.layout(name, rows, cols);
    };
  }

  private Map<String, Layout> fourBit(FourBitCode code) {
    return BitsAndBytes.layout(name, rows, cols, code, to.blockSize(), to.doubleQuantized());
  }

  @Override
  public Map<String, StoredTensor> make() throws IOException {
    Tensor weight = tensors.get(name).toTensor();
    double squares = squares(weight);
    if (!Double.isFinite(squares)) {
      throw tensors.fault(name, "expected finite numbers, got an infinity or NaN");
    }
    Map<String, StoredTensor> parts = parts(weight);
    long bytes = parts.values().stream().mapToLong(t -> t.data().byteSize()).sum();
    double error = squares == 0 ? 0 : Math.sqrt(squares(weight) / squares);
    long before = tensors.get(name).data().byteSize();
    each.accept(new Quantizer.Matrix(name, rows, cols, before, bytes, error));
    return parts;
  }

  private static double squares(Tensor x) {
    return Kernels.active().dot(x.data(), x.data(), x.size());
  }

  /** The parts that are written; the difference that they make is left in {@code weight}. */
  private Map<String, StoredTensor> parts(Tensor weight) {
    return switch (to.target()) {
      case BITNET -> ternary(weight);
      case NF4 -> fourBit(weight, FourBitCode.NF4);
      case FP4 -> fourBit(weight, FourBitCode.FP4);
      case INT8 -> {
        Int8Matrix matrix = Int8Matrix.quantize(weight);
        weight.axpby(-1f, matrix.decode(), 1f);
        yield BitsAndBytes.parts(name, matrix);
      }
    };
  }

  private Map<String, StoredTensor> ternary(Tensor weight) {
    Absmean.Quantized q = Absmean.quantize(name, weight, 0);
    weight.axpby(-q.scales().get(0), q.trits(), 1f);
    Map<String, StoredTensor> parts = new LinkedHashMap<>();
    byte[] bytes = HuggingFaceLayout.encode(TritMatrix.pack(q.trits()));
    parts.put(name, StoredTensor.of(bytes, HuggingFaceLayout.byteRows(rows), cols));
    parts.put(name + "_scale", StoredTensor.of(q.scales()));
    return parts;
  }

  private Map<String, StoredTensor> fourBit(Tensor weight, FourBitCode code) {
    FourBitMatrix matrix =
        FourBitMatrix.quantize(weight, code, to.blockSize(), to.doubleQuantized());
    weight.axpby(-1f, matrix.decode(), 1f);
    String dtype =
        switch (tensors.get(name).dtype()) {
          case F16 -> "float16";
          case BF16 -> "bfloat16";
          default -> "float32";
        };
    return BitsAndBytes.parts(name, matrix, dtype);
  }
}
