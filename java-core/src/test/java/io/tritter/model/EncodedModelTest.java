package io.tritter.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tritter.Golden;
import io.tritter.format.DType;
import io.tritter.format.GgufType;
import io.tritter.format.StoredTensor;
import io.tritter.format.TensorDirectory;
import io.tritter.kernel.Activation;
import io.tritter.kernel.Kernels;
import io.tritter.model.TransformerConfig.Weights;
import io.tritter.tensor.NativeMemory;
import io.tritter.tensor.Tensor;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Models whose matrices have 16, 8 or 4 bits a weight. */
@Isolated("counts what the JVM allocates")
class EncodedModelTest {
  private static final int[] IDS = {1, 5, 2, 7, 3, 3, 1, 0, 9, 4};

  @TempDir Path dir;

  /** A directory whose tensors are those of another one in 16 bits. */
  private static void narrow(Path from, Path to, DType type) throws IOException {
    TensorDirectory tensors = TensorDirectory.open(from);
    Map<String, StoredTensor> narrow = new LinkedHashMap<>();
    for (String name : tensors.names()) {
      Tensor x = tensors.tensor(name);
      MemorySegment data = NativeMemory.allocate(2 * x.size());
      if (type == DType.BF16) {
        Kernels.active().toBfloat16(x.data(), data, x.size());
      } else {
        for (long i = 0; i < x.size(); i++) {
          data.set(ValueLayout.JAVA_SHORT_UNALIGNED, 2 * i, Float.floatToFloat16(x.get(i)));
        }
      }
      narrow.put(name, StoredTensor.of(type, data, x.shape()));
    }
    Files.createDirectories(to);
    TensorDirectory.write(to, narrow, Map.of("format", "pt"), Long.MAX_VALUE);
    Files.copy(from.resolve("config.json"), to.resolve("config.json"));
  }

  @ParameterizedTest
  @CsvSource({"BF16,llama_tiny", "F16,llama_tiny", "BF16,llama_sharded"})
  void sixteenBitsComputeWhatTheirFloat32Does(DType type, String golden) throws IOException {
    Path model = dir.resolve("model");
    narrow(Golden.path(golden), model, type);
    Transformer mapped = Transformer.load(model);
    Transformer widened = Transformer.loadForTraining(model);
    assertArrayEquals(widened.forward(IDS, 2).toArray(), mapped.forward(IDS, 2).toArray());
    Generator expected = new Generator(widened, IDS, Sampling.GREEDY, 0);
    Generator generator = new Generator(mapped, IDS, Sampling.GREEDY, 0);
    for (int i = 0; i < 5; i++) {
      assertEquals(expected.next(), generator.next(), "id " + i);
    }
    assertTrue(mapped.sizeBytes() < widened.sizeBytes() * 0.55, mapped + " " + widened);
  }

  @Test
  void sixteenBitsAreWrittenAsTheyAre() throws IOException {
    Path model = dir.resolve("model");
    narrow(Golden.path("llama_tiny"), model, DType.BF16);
    Path again = dir.resolve("again");
    Transformer.load(model).save(again);
    TensorDirectory before = TensorDirectory.open(model);
    TensorDirectory after = TensorDirectory.open(again);
    assertEquals(before.names().size(), after.names().size());
    for (String name : before.names()) {
      StoredTensor tensor = before.get(name);
      if (tensor.shape().length == 2) {
        assertEquals(DType.BF16, after.get(name).dtype(), name);
        assertEquals(-1, tensor.data().mismatch(after.get(name).data()), name);
      }
    }
    assertArrayEquals(
        Transformer.load(model).forward(IDS, 1).toArray(),
        Transformer.load(again).forward(IDS, 1).toArray());
  }

  /** Norms alone are read into memory; gradients come when somebody asks for them. */
  @ParameterizedTest
  @CsvSource({"BF16", "F32"})
  void loadingAllocatesNextToNothing(DType type) throws IOException {
    TransformerConfig config =
        new TransformerConfig(
            2000, 256, 512, 4, 4, 2, 64, 1e4f, 1e-5f, Weights.DENSE, Activation.SILU, false, true);
    Path dense = dir.resolve("dense");
    Transformer.random(config, 1).save(dense);
    Path model = dense;
    if (type == DType.BF16) {
      model = dir.resolve("narrow");
      narrow(dense, model, DType.BF16);
    }
    long before = NativeMemory.allocatedBytes();
    Transformer loaded = Transformer.load(model);
    long allocated = NativeMemory.allocatedBytes() - before;
    assertTrue(allocated <= loaded.sizeBytes() / 100, allocated + " of " + loaded.sizeBytes());
    assertEquals(2000, loaded.config().vocabSize());
  }

  @Test
  void aModelWithoutTrainableMatricesRefusesToTrain() throws IOException {
    Path model = dir.resolve("model");
    narrow(Golden.path("llama_tiny"), model, DType.BF16);
    Transformer mapped = Transformer.load(model);
    mapped.forward(IDS, 1);
    Exception e = assertThrows(IllegalStateException.class, () -> mapped.lossAndBackward(IDS));
    assertTrue(String.valueOf(e.getMessage()).contains("loadForTraining"), e.getMessage());
    Transformer trained = Transformer.loadForTraining(model);
    trained.forward(IDS, 1);
    assertTrue(Double.isFinite(trained.lossAndBackward(IDS)));
    assertEquals(
        Transformer.load(Golden.path("llama_tiny")).parameters().size(),
        trained.parameters().size());
  }

  /** GGUF holds the decoded weights, so that another path computes the same. */
  @ParameterizedTest
  @EnumSource(names = {"NF4", "FP4", "INT8"})
  void quantizedModelsComputeWhatTheirDecodedWeightsDo(Quantization.Target target)
      throws IOException {
    Path model = dir.resolve("model");
    Quantizer.run(Golden.path("llama_tiny"), model, new Quantization(target, 64, true), m -> {});
    Transformer quantized = Transformer.load(model);
    float[] logits = quantized.forward(IDS, 1).toArray();
    Path gguf = dir.resolve("model.gguf");
    quantized.saveGguf(gguf, GgufType.F32, Map.of());
    assertArrayEquals(logits, Transformer.loadGguf(gguf).forward(IDS, 1).toArray());
    Path again = dir.resolve("again");
    quantized.save(again);
    assertArrayEquals(logits, Transformer.load(again).forward(IDS, 1).toArray());
    assertTrue(Files.readString(again.resolve("config.json")).contains("\"bitsandbytes\""));
  }

  /** A model of NF4 learns nothing but its table, and passes gradients on to it. */
  @Test
  void gradientsPassThroughQuantizedMatrices() throws IOException {
    Path model = dir.resolve("model");
    Quantizer.run(
        Golden.path("llama_tiny"), model, Quantization.to(Quantization.Target.NF4), m -> {});
    Transformer quantized = Transformer.load(model);
    quantized.forward(IDS, 1);
    double loss = quantized.lossAndBackward(IDS);
    Tensor table = quantized.parameters().getFirst().value();
    Tensor gradient = quantized.parameters().getFirst().gradient();
    long dim = table.dim(1);
    for (long i : new long[] {IDS[0] * dim, IDS[1] * dim + 3, IDS[9] * dim + 7}) {
      float at = table.get(i);
      float h = 1e-2f;
      table.set(i, at + h);
      quantized.forward(IDS, 1);
      double above = quantized.loss(IDS);
      table.set(i, at - h);
      quantized.forward(IDS, 1);
      double below = quantized.loss(IDS);
      table.set(i, at);
      // float32 losses of about 4, over 2 h
      assertEquals((above - below) / (2 * h), gradient.get(i), 1e-4 * loss, "element " + i);
    }
  }
}
