package io.tritter.bridge;

import io.tritter.model.Quantization;
import io.tritter.model.Quantizer;
import io.tritter.nn.EncodedLinear;
import io.tritter.quant.FourBitCode;
import io.tritter.quant.FourBitMatrix;
import io.tritter.tensor.Check;
import io.tritter.tensor.Tensor;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.graalvm.polyglot.HostAccess;

/**
 * Calls of {@code tritter_accel.nf4}; a matrix of 4 bits a weight, and a layer of it, are handles.
 */
public final class QuantCalls {
  private final Memory memory;
  private final FileAccess files;

  QuantCalls(Memory memory, FileAccess files) {
    this.memory = memory;
    this.files = files;
  }

  /**
   * The nearest codes of a float32 matrix [rows, cols].
   *
   * @param code {@code nf4} or {@code fp4}
   */
  @HostAccess.Export
  public FourBitMatrix quantize(
      int rows,
      int cols,
      String code,
      int blockSize,
      boolean doubleQuantized,
      long weight,
      long weightSize) {
    FourBitCode numbers = Check.constant("quant_type", FourBitCode.class, code);
    Tensor w = memory.tensor("weight", weight, weightSize, rows, cols);
    return memory.keep(
        "weight", weightSize, () -> FourBitMatrix.quantize(w, numbers, blockSize, doubleQuantized));
  }

  @HostAccess.Export
  public long packedSize(FourBitMatrix matrix) {
    return matrix.codes().byteSize();
  }

  /** Writes the codes, uint8. */
  @HostAccess.Export
  public void packed(FourBitMatrix matrix, long bytes, long size) {
    memory.segment("packed", bytes, size).copyFrom(matrix.codes());
  }

  @HostAccess.Export
  public Tensor absmax(FourBitMatrix matrix) {
    return matrix.absmax().copy();
  }

  /** The numbers that the codes stand for, float32 [rows, cols]. */
  @HostAccess.Export
  public Tensor decode(FourBitMatrix matrix) {
    return matrix.decode();
  }

  @HostAccess.Export
  public long sizeBytes(FourBitMatrix matrix) {
    return matrix.sizeBytes();
  }

  /**
   * A layer of a matrix.
   *
   * @param bias float32 [rows], or no elements
   */
  @HostAccess.Export
  public EncodedLinear layer(FourBitMatrix matrix, long bias, long biasSize) {
    return new EncodedLinear(matrix, memory.optional("bias", bias, biasSize, matrix.rows()));
  }

  /** Writes the product of x, float32 [batch, inFeatures], to y, float32 [batch, outFeatures]. */
  @HostAccess.Export
  public void forward(EncodedLinear layer, int batch, long x, long xSize, long y, long ySize) {
    layer.forward(
        memory.tensor("input", x, xSize, batch, layer.inFeatures()),
        memory.tensor("output", y, ySize, batch, layer.outFeatures()));
  }

  /** Writes the gradient of x, of the shape of x, for that of y. */
  @HostAccess.Export
  public void backward(EncodedLinear layer, int batch, long dy, long dySize, long dx, long dxSize) {
    Tensor gradient = memory.tensor("input", dx, dxSize, batch, layer.inFeatures());
    layer.backward(
        gradient, memory.tensor("output", dy, dySize, batch, layer.outFeatures()), gradient, false);
  }

  /** Writes a packed checkpoint of a dense one; see {@link Quantizer}. */
  @HostAccess.Export
  public Report checkpoint(
      String model, String out, String to, int blockSize, boolean doubleQuantized)
      throws IOException {
    Quantization.Target target = Check.constant("to", Quantization.Target.class, to);
    List<Quantizer.Matrix> matrices = new ArrayList<>();
    Quantizer.run(
        files.path(model),
        files.path(out),
        new Quantization(target, blockSize, doubleQuantized),
        matrices::add);
    return new Report(matrices);
  }

  /** What has become of each matrix, in the same order. */
  public static final class Report {
    private final List<Quantizer.Matrix> matrices;

    private Report(List<Quantizer.Matrix> matrices) {
      this.matrices = matrices;
    }

    @HostAccess.Export
    public String[] names() {
      return matrices.stream().map(Quantizer.Matrix::name).toArray(String[]::new);
    }

    @HostAccess.Export
    public long[] bytesBefore() {
      return matrices.stream().mapToLong(Quantizer.Matrix::bytesBefore).toArray();
    }

    @HostAccess.Export
    public long[] bytesAfter() {
      return matrices.stream().mapToLong(Quantizer.Matrix::bytesAfter).toArray();
    }

    @HostAccess.Export
    public double[] errors() {
      return matrices.stream().mapToDouble(Quantizer.Matrix::error).toArray();
    }
  }
}
