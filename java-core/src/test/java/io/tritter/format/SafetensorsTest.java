package io.tritter.format;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tritter.Golden;
import io.tritter.tensor.Tensor;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SafetensorsTest {
  @TempDir Path dir;

  @Test
  void roundTripKeepsTypesShapesValuesAndMetadata() throws IOException {
    Path path = dir.resolve("a.safetensors");
    Map<String, StoredTensor> tensors = new LinkedHashMap<>();
    tensors.put("matrix", StoredTensor.of(Tensor.of(new float[] {1, -2, 0.5f, 3, 4, 5}, 2, 3)));
    tensors.put("trits", StoredTensor.of(new byte[] {1, (byte) 200, 3}, 3));
    tensors.put("state", StoredTensor.of(new long[] {Long.MIN_VALUE, -1, 7}, 3));
    tensors.put("scalar", StoredTensor.of(Tensor.of(new float[] {9})));
    tensors.put("empty", StoredTensor.of(Tensor.zeros(3, 0)));
    tensors.put("naïve \"name\"\n\u0001", raw(DType.I8, new byte[] {-128, 127}, 2));
    Map<String, String> metadata = Map.of("format", "pt", "config", "{\"hidden\": 64}");
    Safetensors.write(path, tensors, metadata);

    try (Safetensors file = Safetensors.open(path)) {
      assertEquals(tensors.keySet(), file.names());
      assertEquals(metadata, file.metadata());
      assertArrayEquals(new int[] {2, 3}, file.get("matrix").shape());
      assertArrayEquals(new float[] {1, -2, 0.5f, 3, 4, 5}, file.tensor("matrix").toArray());
      assertArrayEquals(new long[] {1, 200, 3}, file.get("trits").toLongs());
      assertArrayEquals(new long[] {Long.MIN_VALUE, -1, 7}, file.get("state").toLongs());
      assertEquals(9, file.tensor("scalar").get(0));
      assertEquals(0, file.get("scalar").shape().length);
      assertEquals(0, file.get("empty").size());
      assertArrayEquals(new long[] {-128, 127}, file.get("naïve \"name\"\n\u0001").toLongs());
    }
  }

  @Test
  void sameContentGivesTheSameBytesInAnyOrder() throws IOException {
    StoredTensor a = StoredTensor.of(new byte[] {1}, 1);
    StoredTensor b = StoredTensor.of(new long[] {2}, 1);
    Map<String, StoredTensor> forwards = new LinkedHashMap<>();
    forwards.put("a", a);
    forwards.put("b", b);
    Map<String, StoredTensor> backwards = new LinkedHashMap<>();
    backwards.put("b", b);
    backwards.put("a", a);
    Safetensors.write(dir.resolve("1"), forwards, Map.of("x", "1", "y", "2"));
    Safetensors.write(dir.resolve("2"), backwards, Map.of("y", "2", "x", "1"));
    assertEquals(-1, Files.mismatch(dir.resolve("1"), dir.resolve("2")));
    assertEquals(
        0,
        ByteBuffer.wrap(Files.readAllBytes(dir.resolve("1")))
                .order(ByteOrder.LITTLE_ENDIAN)
                .getLong(0)
            % 8);
  }

  @ParameterizedTest
  @ValueSource(strings = {"bitlinear_grouped", "cross_entropy", "bitnet_packed/model"})
  void rewritingAFileOfTheReferenceImplementationGivesItsBytes(String name) throws IOException {
    Path golden = Golden.path(name + ".safetensors");
    Path copy = dir.resolve("copy.safetensors");
    try (Safetensors file = Safetensors.open(golden)) {
      Map<String, StoredTensor> tensors = new LinkedHashMap<>();
      file.names().forEach(n -> tensors.put(n, file.get(n)));
      Safetensors.write(copy, tensors, file.metadata());
    }
    assertEquals(-1, Files.mismatch(golden, copy));
  }

  @Test
  void goldenValuesAreRead() throws IOException {
    try (Safetensors file = Safetensors.open(Golden.path("cross_entropy.safetensors"))) {
      assertEquals(List.of("target", "dlogits", "logits", "loss"), List.copyOf(file.names()));
      assertArrayEquals(
          new long[] {5, 5, 2, -100, 9, 27, 15, 21, 28, 6, 9, 14}, file.get("target").toLongs());
      assertArrayEquals(new int[] {12, 29}, file.get("logits").shape());
      assertEquals(4.1863217f, file.tensor("loss").get(0));
      assertEquals(-0.21357632f, file.tensor("logits").get(0));
    }
    Path packed = Golden.path("bitnet_packed/model.safetensors");
    try (Safetensors file = Safetensors.open(packed)) {
      StoredTensor weight = file.get("model.layers.0.mlp.down_proj.weight");
      assertEquals("U8[16, 128]", weight.toString());
      assertEquals(10, weight.toLongs()[0]);
      assertEquals(0.01602016f, file.tensor("model.layers.0.mlp.down_proj.weight_scale").get(0));
    }
  }

  @Test
  void everyTypeConvertsToFloat() throws IOException {
    Map<String, StoredTensor> tensors = new LinkedHashMap<>();
    tensors.put("BOOL", raw(DType.BOOL, new byte[] {0, 1}, 2));
    tensors.put("U8", raw(DType.U8, new byte[] {-1, 1}, 2));
    tensors.put("I8", raw(DType.I8, new byte[] {-1, 1}, 2));
    tensors.put("F16", raw(DType.F16, new byte[] {0, (byte) 0xC0, 0, 0x3C}, 2));
    tensors.put("BF16", raw(DType.BF16, new byte[] {0, (byte) 0xC0, (byte) 0x80, 0x3F}, 2));
    tensors.put("I32", raw(DType.I32, new byte[] {-2, -1, -1, -1, 1, 0, 0, 0}, 2));
    tensors.put("I64", StoredTensor.of(new long[] {-2, 1}, 2));
    ByteBuffer doubles = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN);
    doubles.putDouble(-2).putDouble(1);
    tensors.put("F64", raw(DType.F64, doubles.array(), 2));
    tensors.put("F32", StoredTensor.of(Tensor.of(new float[] {-2, 1}, 2)));
    Path path = dir.resolve("types");
    Safetensors.write(path, tensors, Map.of());
    Map<String, Float> first = Map.of("BOOL", 0f, "U8", 255f, "I8", -1f);
    try (Safetensors file = Safetensors.open(path)) {
      for (DType dtype : DType.values()) {
        float[] wanted = {first.getOrDefault(dtype.name(), -2f), 1};
        assertArrayEquals(wanted, file.tensor(dtype.name()).toArray(), dtype.name());
      }
      assertThrows(IllegalArgumentException.class, () -> file.get("F32").toLongs());
    }
  }

  @Test
  void aFileBeyondTwoGigabytesIsMapped() throws IOException {
    // 2 GB + 8 of a sparse file: zeros that take no disk, and one number behind them.
    long zeros = (1L << 31) + 4;
    String json =
        """
        {"z":{"dtype":"U8","shape":[65536,32768],"data_offsets":[0,2147483648]},\
        "pad":{"dtype":"U8","shape":[4],"data_offsets":[2147483648,2147483652]},\
        "last":{"dtype":"I32","shape":[1],"data_offsets":[2147483652,2147483656]}}""";
    byte[] header = json.getBytes(StandardCharsets.UTF_8);
    Path path = dir.resolve("large");
    try (RandomAccessFile out = new RandomAccessFile(path.toFile(), "rw")) {
      out.writeLong(Long.reverseBytes(header.length));
      out.write(header);
      out.seek(8 + header.length + zeros);
      out.writeInt(Integer.reverseBytes(123456));
    }
    try (Safetensors file = Safetensors.open(path)) {
      assertEquals(1L << 31, file.get("z").size());
      assertEquals(123456, file.tensor("last").get(0));
    }
  }

  @Test
  void aTensorOfAnotherNameIsRefused() throws IOException {
    Path path = dir.resolve("one");
    Safetensors.write(path, Map.of("a", StoredTensor.of(new byte[1], 1)), Map.of());
    try (Safetensors file = Safetensors.open(path)) {
      Exception e = assertThrows(IllegalArgumentException.class, () -> file.get("b"));
      assertTrue(String.valueOf(e.getMessage()).endsWith("got b"), e.getMessage());
    }
    assertThrows(NoSuchFileException.class, () -> Safetensors.open(dir.resolve("none")));
    assertThrows(
        IllegalArgumentException.class,
        () -> StoredTensor.of(DType.F32, MemorySegment.ofArray(new byte[7]), 2));
    Map<String, StoredTensor> reserved = Map.of("__metadata__", StoredTensor.of(new byte[1], 1));
    assertThrows(IllegalArgumentException.class, () -> Safetensors.write(path, reserved, Map.of()));
  }

  @Test
  void aFailedWriteKeepsTheOldFileAndLeavesNothingBeside() throws IOException {
    Path path = dir.resolve("model.safetensors");
    Safetensors.write(path, Map.of("a", StoredTensor.of(new byte[] {42}, 1)), Map.of());
    byte[] old = Files.readAllBytes(path);
    StoredTensor gone;
    try (Arena arena = Arena.ofConfined()) {
      gone = StoredTensor.of(DType.U8, arena.allocate(1 << 20), 1 << 20);
    }
    Map<String, StoredTensor> broken =
        Map.of("big", StoredTensor.of(new long[1 << 16], 1 << 16), "gone", gone);
    assertThrows(IllegalStateException.class, () -> Safetensors.write(path, broken, Map.of()));
    assertArrayEquals(old, Files.readAllBytes(path));
    // A full disk looks like this: some bytes go, then IOException.
    assertThrows(
        IOException.class,
        () ->
            AtomicFile.write(
                path,
                out -> {
                  out.write(MemorySegment.ofArray(new byte[100]));
                  throw new IOException("No space left on device");
                }));
    assertArrayEquals(old, Files.readAllBytes(path));
    // A folder that cannot be replaced, even by root.
    Path folder = dir.resolve("folder");
    Files.createDirectories(folder.resolve("inside"));
    assertThrows(IOException.class, () -> Safetensors.write(folder, Map.of(), Map.of()));
    assertTrue(Files.isDirectory(folder.resolve("inside")));
    try (var files = Files.list(dir)) {
      assertEquals(
          List.of("folder", path.getFileName().toString()),
          files.map(p -> p.getFileName().toString()).sorted().toList());
    }
  }

  static StoredTensor raw(DType dtype, byte[] bytes, int... shape) {
    MemorySegment data = Arena.ofAuto().allocate(bytes.length);
    MemorySegment.copy(bytes, 0, data, ValueLayout.JAVA_BYTE, 0, bytes.length);
    return StoredTensor.of(dtype, data, shape);
  }
}
