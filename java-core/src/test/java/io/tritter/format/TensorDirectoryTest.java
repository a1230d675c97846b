package io.tritter.format;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tritter.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TensorDirectoryTest {
  private static final int MUTATIONS = 2000;

  @TempDir Path dir;

  @ParameterizedTest
  @ValueSource(longs = {1, 39, 40, 41, 80, 1000})
  void anyCutReadsBackTheSame(long mostBytes) throws IOException {
    Map<String, StoredTensor> tensors = tensors(1);
    TensorDirectory.write(dir, tensors, Map.of("format", "pt"), mostBytes);
    TensorDirectory read = TensorDirectory.open(dir);
    assertEquals(tensors.keySet(), read.names());
    for (String name : tensors.keySet()) {
      float[] wanted = stored(tensors, name).toTensor().toArray();
      assertArrayEquals(wanted, read.get(name).toTensor().toArray(), name);
      assertArrayEquals(wanted, read.tensor(name).toArray(), name);
    }
  }

  @Test
  void filesOfAFormerContentAreRemoved() throws IOException {
    Path other = Files.writeString(dir.resolve("config.json"), "{}");
    TensorDirectory.write(dir, tensors(1), Map.of(), 40);
    assertEquals(6, count()); // five shards, the index
    TensorDirectory.write(dir, tensors(2), Map.of(), 100);
    assertEquals(4, count());
    assertEquals(2, TensorDirectory.open(dir).tensor("t0").get(0));
    TensorDirectory.write(dir, tensors(3), Map.of(), 1000);
    assertEquals(1, count());
    assertEquals(3, TensorDirectory.open(dir).tensor("t0").get(0));
    TensorDirectory.write(dir, tensors(4), Map.of(), 40);
    assertEquals(4, TensorDirectory.open(dir).tensor("t0").get(0));
    assertTrue(Files.exists(other));
  }

  @Test
  void whatIsWrittenToATensorStaysInMemory() throws IOException {
    TensorDirectory.write(dir, tensors(1), Map.of(), 1000);
    TensorDirectory read = TensorDirectory.open(dir);
    Tensor tensor = read.tensor("t0");
    tensor.set(0, 99);
    assertEquals(99, read.tensor("t0").get(0), "the same memory");
    assertEquals(1, TensorDirectory.open(dir).tensor("t0").get(0), "another mapping");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "../model-00001.safetensors",
        "/etc/passwd",
        "a/b.safetensors",
        "a\\\\b.safetensors",
        "C:b.safetensors",
        "..",
        ".hidden.safetensors",
        "",
        "config.json"
      })
  void aShardOutsideTheDirectoryIsRefused(String file) throws IOException {
    index("{\"weight_map\": {\"t0\": \"" + file + "\"}}");
    FormatException e = assertThrows(FormatException.class, () -> TensorDirectory.open(dir));
    assertEquals(22, e.offset());
    assertTrue(String.valueOf(e.getMessage()).contains("of the same directory"), e.getMessage());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[]",
        "{",
        "{}",
        "{\"weight_map\": []}",
        "{\"weight_map\": {\"a\": 1}}",
        "{\"weight_map\": {\"a\": \"x.safetensors\", \"a\": \"x.safetensors\"}}",
        "{\"metadata\": {\"a\": [[[[}"
      })
  void anIndexThatIsNoneIsRefused(String json) throws IOException {
    index(json);
    assertThrows(FormatException.class, () -> TensorDirectory.open(dir));
  }

  @Test
  void deepJsonIsRefused() throws IOException {
    index("{\"metadata\": " + "[".repeat(1_000_000));
    assertThrows(FormatException.class, () -> TensorDirectory.open(dir));
  }

  @Test
  void aTensorThatItsShardLacksIsRefused() throws IOException {
    TensorDirectory.write(dir, tensors(1), Map.of(), 40);
    String index = Files.readString(dir.resolve(TensorDirectory.INDEX));
    index(index.replace("\"t3\" : \"model-00004", "\"t3\" : \"model-00001"));
    FormatException e = assertThrows(FormatException.class, () -> TensorDirectory.open(dir));
    assertTrue(String.valueOf(e.getMessage()).contains("expected tensor t3"), e.getMessage());
  }

  @Test
  void aMissingFileIsNamed() throws IOException {
    NoSuchFileException e =
        assertThrows(NoSuchFileException.class, () -> TensorDirectory.open(dir));
    assertTrue(e.getFile().endsWith(TensorDirectory.SINGLE), e.getFile());
    index("{\"weight_map\": {\"a\": \"x.safetensors\"}}");
    e = assertThrows(NoSuchFileException.class, () -> TensorDirectory.open(dir));
    assertTrue(e.getFile().endsWith("x.safetensors"), e.getFile());
  }

  @Test
  void mutatedIndexesAreRefusedOrReadRight() throws IOException {
    TensorDirectory.write(dir, tensors(1), Map.of(), 40);
    byte[] valid = Files.readAllBytes(dir.resolve(TensorDirectory.INDEX));
    int refused = 0;
    for (int seed = 0; seed < MUTATIONS; seed++) {
      Random random = new Random(seed);
      byte[] bytes = valid.clone();
      for (int n = 1 + random.nextInt(3); n > 0; n--) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
      }
      Files.write(dir.resolve(TensorDirectory.INDEX), bytes);
      try {
        TensorDirectory.open(dir).names();
      } catch (FormatException e) {
        assertTrue(e.offset() >= 0 && e.offset() <= bytes.length, e.getMessage());
        refused++;
      } catch (NoSuchFileException e) {
        assertFalse(Path.of(e.getFile()).getFileName().toString().contains(".."), e.getFile());
        assertEquals(dir, Path.of(e.getFile()).getParent());
        refused++;
      }
    }
    assertTrue(refused > MUTATIONS / 4, "refused only " + refused);
  }

  /** Five tensors of ten floats. */
  private static Map<String, StoredTensor> tensors(float first) {
    Map<String, StoredTensor> tensors = new LinkedHashMap<>();
    for (int i = 0; i < 5; i++) {
      Tensor t = Tensor.zeros(2, 5);
      t.set(0, first);
      t.set(9, i);
      tensors.put("t" + i, StoredTensor.of(t));
    }
    return tensors;
  }

  private static StoredTensor stored(Map<String, StoredTensor> tensors, String name) {
    StoredTensor tensor = tensors.get(name);
    if (tensor == null) {
      throw new AssertionError("no tensor " + name);
    }
    return tensor;
  }

  private void index(String json) throws IOException {
    Files.writeString(dir.resolve(TensorDirectory.INDEX), json);
  }

  private long count() throws IOException {
    try (var files = Files.list(dir)) {
      return files.filter(p -> p.getFileName().toString().startsWith("model")).count();
    }
  }
}
