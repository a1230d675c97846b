package io.tritter.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tritter.Golden;
import io.tritter.format.BitsAndBytes;
import io.tritter.format.FormatException;
import io.tritter.format.JsonFile;
import io.tritter.format.StoredTensor;
import io.tritter.format.TensorDirectory;
import io.tritter.quant.FourBitCode;
import io.tritter.quant.FourBitMatrix;
import io.tritter.quant.Int8Matrix;
import io.tritter.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class QuantizerTest {
  private static final String MATRIX = "model.layers.0.mlp.down_proj.weight";

  @TempDir Path out;

  private List<Quantizer.Matrix> quantize(Path model, Quantization to) throws IOException {
    List<Quantizer.Matrix> matrices = new ArrayList<>();
    Quantizer.run(model, out, to, matrices::add);
    return matrices;
  }

  private static Tensor dense(Path model, String name) throws IOException {
    return TensorDirectory.open(model).tensor(name);
  }

  private String method() throws IOException {
    return JsonFile.read(out.resolve("config.json"))
        .path("quantization_config")
        .path("quant_method")
        .asText();
  }

  @Test
  void fourBitsAreThoseOfEachMatrixAlone() throws IOException {
    Path model = Golden.path("llama_tiny");
    Quantization to = new Quantization(Quantization.Target.NF4, 32, true);
    List<Quantizer.Matrix> matrices = quantize(model, to);
    Tensor w = dense(model, MATRIX);
    FourBitMatrix expected = FourBitMatrix.quantize(w, FourBitCode.NF4, 32, true);
    FourBitMatrix read =
        BitsAndBytes.fourBit(TensorDirectory.open(out), MATRIX, w.dim(0), w.dim(1));
    assertArrayEquals(expected.decode().toArray(), read.decode().toArray());
    assertEquals("bitsandbytes", method());
    Quantizer.Matrix matrix =
        matrices.stream().filter(m -> m.name().equals(MATRIX)).findFirst().orElseThrow();
    double squares = 0;
    double differences = 0;
    for (int i = 0; i < w.size(); i++) {
      squares += (double) w.get(i) * w.get(i);
      differences += Math.pow(w.get(i) - expected.decode().get(i), 2);
    }
    assertEquals(Math.sqrt(differences / squares), matrix.error(), 1e-6);
    assertEquals(4 * w.size(), matrix.bytesBefore());
    assertTrue(matrix.error() > 0.01 && matrix.error() < 0.2, matrix.toString());
  }

  @Test
  void eightBitsAreThoseOfEachMatrixAlone() throws IOException {
    Path model = Golden.path("llama_sharded");
    quantize(model, Quantization.to(Quantization.Target.INT8));
    Tensor w = dense(model, MATRIX);
    Int8Matrix read = BitsAndBytes.int8(TensorDirectory.open(out), MATRIX, w.dim(0), w.dim(1));
    assertArrayEquals(Int8Matrix.quantize(w).decode().toArray(), read.decode().toArray());
  }

  @Test
  void everythingElseStaysAsItIs() throws IOException {
    Path model = Golden.path("llama_tiny");
    List<Quantizer.Matrix> matrices = quantize(model, Quantization.to(Quantization.Target.FP4));
    TensorDirectory before = TensorDirectory.open(model);
    TensorDirectory after = TensorDirectory.open(out);
    List<String> quantized = matrices.stream().map(Quantizer.Matrix::name).toList();
    for (String name : before.names()) {
      if (!quantized.contains(name)) {
        assertEquals(-1, before.get(name).data().mismatch(after.get(name).data()), name);
      }
    }
    int layers = JsonFile.read(model.resolve("config.json")).path("num_hidden_layers").asInt();
    assertEquals(7 * layers, matrices.size());
    if (Files.exists(model.resolve("generation_config.json"))) {
      assertTrue(Files.exists(out.resolve("generation_config.json")));
    }
  }

  /** A BitNet in training and what is made of it compute the same. */
  @Test
  void aBitNetIsPackedAsTheModelItselfPacks() throws IOException {
    Path model = Golden.path("bitnet_online");
    quantize(model, Quantization.to(Quantization.Target.BITNET));
    int[] ids = {1, 2, 3, 4, 5};
    Tensor expected = Transformer.load(model).pack().forward(ids, 1);
    assertArrayEquals(expected.toArray(), Transformer.load(out).forward(ids, 1).toArray());
    assertEquals("bitnet", method());
  }

  @Test
  void aDenseLlamaBecomesTernary() throws IOException {
    Path model = Golden.path("llama_tiny");
    quantize(model, Quantization.to(Quantization.Target.BITNET));
    StoredTensor packed = TensorDirectory.open(out).get(MATRIX);
    Tensor w = dense(model, MATRIX);
    assertArrayEquals(new int[] {Math.ceilDiv(w.dim(0), 4), w.dim(1)}, packed.shape());
    assertEquals(
        Transformer.load(model).config().layers(), Transformer.load(out).config().layers());
  }

  @Test
  void whatCannotBeQuantizedSoIsRefused() throws IOException {
    Path packed = Golden.path("bitnet_packed");
    assertRefused("expected a matrix of F32, F16 or BF16, got U8", packed, "BITNET");
    assertRefused("expected model_type llama for NF4", packed, "NF4");
    Path other = Files.createDirectory(out.resolve("other"));
    Files.writeString(other.resolve("config.json"), "{\"model_type\":\"mamba\"}");
    assertRefused("expected model_type llama or bitnet, got 'mamba'", other, "INT8");
    Path model = Golden.path("llama_tiny");
    Exception e =
        assertThrows(
            IllegalArgumentException.class,
            () -> Quantizer.run(model, model, Quantization.to(Quantization.Target.NF4), m -> {}));
    assertTrue(String.valueOf(e.getMessage()).startsWith("out: expected another"), e.getMessage());
  }

  private void assertRefused(String message, Path model, String target) {
    Quantization to = Quantization.to(Quantization.Target.valueOf(target));
    FormatException e =
        assertThrows(FormatException.class, () -> Quantizer.run(model, out, to, m -> {}));
    assertTrue(String.valueOf(e.getMessage()).contains(message), e.getMessage());
  }

  /** Numbers that are not finite have no code; the checkpoint that was there stays. */
  @Test
  void aMatrixThatIsNotFiniteIsRefusedByItsName() throws IOException {
    Path model = Files.createDirectory(out.resolve("model"));
    Files.copy(Golden.path("llama_tiny").resolve("config.json"), model.resolve("config.json"));
    Tensor w = Tensor.of(new float[] {1f, Float.NaN}, 1, 2);
    TensorDirectory.write(model, Map.of(MATRIX, StoredTensor.of(w)), Map.of(), Long.MAX_VALUE);
    assertRefused(MATRIX + ": expected finite numbers", model, "NF4");
    assertTrue(Files.notExists(out.resolve("model.safetensors")));
  }
}
