package io.tritter.format;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.tritter.Golden;
import io.tritter.tensor.Tensor;
import io.tritter.ternary.ScaledTrits;
import io.tritter.ternary.TritMatrix;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class GgufTest {
  @TempDir Path dir;

  @Test
  void roundTripKeepsMetadataWithTheirTypes() throws IOException {
    Map<String, GgufValue> metadata = new LinkedHashMap<>();
    metadata.put("general.architecture", GgufValue.string("llama"));
    metadata.put("llama.block_count", GgufValue.uint32(0xFFFF_FFFFL));
    metadata.put("llama.rope.freq_base", GgufValue.float32(10_000f));
    metadata.put("tokenizer.ggml.add_bos_token", GgufValue.bool(true));
    metadata.put("tokenizer.ggml.tokens", GgufValue.strings(List.of("<s>", "naïve", "")));
    metadata.put("tokenizer.ggml.scores", GgufValue.floats(List.of(0.5f, -1f)));
    metadata.put("tokenizer.ggml.token_type", GgufValue.ints(List.of(3, -1)));
    for (GgufValue.Kind kind : GgufValue.Kind.values()) {
      Object value =
          switch (kind) {
            case FLOAT32, FLOAT64 -> 0.25;
            case BOOL -> false;
            case STRING -> "text";
            case UINT8, UINT16, UINT32, UINT64 -> 200L;
            case INT8, INT16, INT32, INT64 -> -100L;
          };
      metadata.put("one." + kind, new GgufValue(kind, value));
      metadata.put("two." + kind, new GgufValue(kind, List.of(value, value)));
      metadata.put("none." + kind, new GgufValue(kind, List.of()));
    }
    Path path = dir.resolve("a.gguf");
    Gguf.write(path, metadata, Map.of());
    try (Gguf file = Gguf.open(path)) {
      assertEquals(List.copyOf(metadata.entrySet()), List.copyOf(file.metadata().entrySet()));
      assertEquals(0, file.tensors().size());
    }
  }

  @ParameterizedTest
  @EnumSource
  void roundTripKeepsTensorsOfEveryType(GgufType type) throws IOException {
    // Trits times a power of two are exact in every type but Q8_0, whose 127ths are in float16.
    Tensor values = Tensor.zeros(3, 5, 256);
    Random random = new Random(1);
    for (int i = 0; i < values.size(); i++) {
      values.set(i, 0.5f * (random.nextInt(3) - 1));
    }
    Tensor row = values.rows(0, 1);
    Path path = dir.resolve("a.gguf");
    Map<String, GgufTensor> tensors = new LinkedHashMap<>();
    tensors.put("a", GgufTensor.of(GgufType.F32, Tensor.of(new float[] {7}, 1)));
    tensors.put("b", GgufTensor.of(type, values));
    tensors.put("c", GgufTensor.of(type, row));
    Gguf.write(path, Map.of(), tensors);
    try (Gguf file = Gguf.open(path)) {
      assertEquals(List.of("a", "b", "c"), List.copyOf(file.tensors().keySet()));
      assertEquals(7, file.get("a").toTensor().get(0));
      assertEquals(type, file.get("b").type());
      assertArrayEquals(new int[] {3, 5, 256}, file.get("b").shape());
      // half an ulp of float16 of the scale 0.5 / 127, times 127
      float bound = type == GgufType.Q8_0 ? 0.5f / 2048 : 0;
      assertArrayEquals(values.toArray(), file.get("b").toTensor().toArray(), bound);
      assertArrayEquals(row.toArray(), file.get("c").toTensor().toArray(), bound);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "TQ1_0, gguf_tq1_0",
    "TQ2_0, gguf_tq2_0",
    "Q8_0, gguf_q8_0",
    "F16, gguf_f16",
  })
  void blocksAreThoseOfTheGgufPackage(GgufType type, String name) throws IOException {
    Golden.Case golden = Golden.load(name);
    Path path = dir.resolve("a.gguf");
    Gguf.write(path, Map.of(), Map.of("w", GgufTensor.of(type, golden.get("values"))));
    Tensor raw = golden.get("raw");
    byte[] file = Files.readAllBytes(path);
    int data = file.length - (int) GgufReader.align(raw.size(), 32);
    for (int i = 0; i < raw.size(); i++) {
      assertEquals((int) raw.get(i), file[data + i] & 255, "byte " + i);
    }
    try (Gguf read = Gguf.open(path)) {
      assertArrayEquals(golden.get("dequantized").toArray(), read.get("w").toTensor().toArray());
    }
  }

  @Test
  void packedTritsAreWrittenAndReadWithTheirScale() throws IOException {
    Tensor trits = Tensor.zeros(2, 512);
    for (int i = 0; i < trits.size(); i++) {
      trits.set(i, i % 3 - 1);
    }
    TritMatrix matrix = TritMatrix.pack(trits);
    ScaledTrits weights = new ScaledTrits(matrix, Tensor.of(new float[] {0.75f}, 1));
    Path path = dir.resolve("a.gguf");
    Gguf.write(path, Map.of(), Map.of("w", GgufTensor.of(GgufType.TQ2_0, weights)));
    try (Gguf file = Gguf.open(path)) {
      ScaledTrits read = file.get("w").toTrits();
      assertEquals(matrix, read.trits());
      assertArrayEquals(new float[] {0.75f, 0.75f, 0.75f, 0.75f}, read.scales().toArray());
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 8, 64, 4096})
  void tensorsBeginAtMultiplesOfTheAlignment(int alignment) throws IOException {
    Path path = dir.resolve("a.gguf");
    Map<String, GgufTensor> tensors = new LinkedHashMap<>();
    for (String name : List.of("a", "b")) {
      Tensor values = Tensor.of(new float[] {name.charAt(0), 1, 2}, 3);
      tensors.put(name, GgufTensor.of(GgufType.F16, values));
    }
    Gguf.write(path, Map.of("general.alignment", GgufValue.uint32(alignment)), tensors);
    assertEquals(0, Files.size(path) % alignment);
    try (Gguf file = Gguf.open(path)) {
      assertArrayEquals(new float[] {'b', 1, 2}, file.get("b").toTensor().toArray());
    }
  }

  @Test
  void whatAFileCannotHoldIsRefused() {
    Tensor odd = Tensor.zeros(2, 33);
    assertThrows(IllegalArgumentException.class, () -> GgufTensor.of(GgufType.Q8_0, odd));
    assertThrows(IllegalArgumentException.class, () -> GgufTensor.of(GgufType.TQ2_0, odd));
    ScaledTrits weights = new ScaledTrits(TritMatrix.pack(Tensor.zeros(1, 256)), Tensor.zeros(1));
    assertThrows(IllegalArgumentException.class, () -> GgufTensor.of(GgufType.F16, weights));
    assertThrows(IllegalArgumentException.class, () -> GgufValue.uint32(-1));
    assertThrows(IllegalArgumentException.class, () -> new GgufValue(GgufValue.Kind.INT8, 128L));
    assertThrows(
        IllegalArgumentException.class, () -> new GgufValue(GgufValue.Kind.BOOL, List.of(1L)));
    Map<String, GgufValue> odd3 = Map.of("general.alignment", GgufValue.uint32(24));
    assertThrows(
        IllegalArgumentException.class, () -> Gguf.write(dir.resolve("x"), odd3, Map.of()));
  }

  @Test
  void bfloat16RoundsToEven() throws IOException {
    float[] given = {
      1f,
      Float.intBitsToFloat(0x3F80_8000),
      Float.intBitsToFloat(0x3F81_8000),
      Float.intBitsToFloat(0x3F80_8001),
      Float.MAX_VALUE,
      Float.NEGATIVE_INFINITY,
      Float.NaN,
    };
    float[] wanted = {
      1f,
      1f,
      Float.intBitsToFloat(0x3F82_0000),
      Float.intBitsToFloat(0x3F81_0000),
      Float.POSITIVE_INFINITY,
      Float.NEGATIVE_INFINITY,
      Float.NaN,
    };
    Path path = dir.resolve("a.gguf");
    Gguf.write(
        path, Map.of(), Map.of("w", GgufTensor.of(GgufType.BF16, Tensor.of(given, given.length))));
    try (Gguf file = Gguf.open(path)) {
      assertArrayEquals(wanted, file.get("w").toTensor().toArray());
    }
  }
}
