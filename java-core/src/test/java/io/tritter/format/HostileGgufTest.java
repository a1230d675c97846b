package io.tritter.format;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tritter.tensor.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files that are broken, cut or made to harm: each is refused by a FormatException, or right. */
class HostileGgufTest {
  private static final int MUTATIONS = 3000;

  @TempDir Path dir;
  private byte[] valid = {};

  @BeforeEach
  void writeOne() throws IOException {
    Map<String, GgufValue> metadata = new LinkedHashMap<>();
    metadata.put("general.architecture", GgufValue.string("llama"));
    metadata.put("general.alignment", GgufValue.uint32(32));
    metadata.put("tokens", GgufValue.strings(List.of("a", "bc")));
    Map<String, GgufTensor> tensors = new LinkedHashMap<>();
    tensors.put("a", GgufTensor.of(GgufType.F16, Tensor.zeros(2, 3)));
    tensors.put("b", GgufTensor.of(GgufType.Q8_0, Tensor.zeros(2, 64)));
    Path path = dir.resolve("valid");
    Gguf.write(path, metadata, tensors);
    valid = Files.readAllBytes(path);
  }

  @Test
  void everyTruncationIsRefused() throws IOException {
    int padding = 32 - 2 * 2 * 34 % 32; // behind the last tensor: some writers leave it out
    for (int length = 0; length < valid.length - padding; length++) {
      assertTrue(refused(Arrays.copyOf(valid, length)), "length " + length);
    }
    assertFalse(refused(Arrays.copyOf(valid, valid.length - padding)));
  }

  @Test
  void mutatedFilesAreRefusedOrRead() throws IOException {
    int refused = 0;
    for (int seed = 0; seed < MUTATIONS; seed++) {
      Random random = new Random(seed);
      byte[] bytes = valid.clone();
      for (int n = 1 + random.nextInt(3); n > 0; n--) {
        int at = random.nextInt(bytes.length);
        switch (random.nextInt(3)) {
          case 0 -> bytes[at] = (byte) random.nextInt(256);
          case 1 -> bytes[at] = (byte) (random.nextBoolean() ? 0xFF : 0x7F);
          default -> Arrays.fill(bytes, at, Math.min(bytes.length, at + 8), (byte) 0xFF);
        }
      }
      refused += refused(bytes) ? 1 : 0;
    }
    assertTrue(refused > MUTATIONS / 4, "refused only " + refused);
  }

  @Test
  void lyingNumbersAreRefusedWithTheirPlace() throws IOException {
    assertEquals(0, place(0, 0x21, 1), "magic");
    assertEquals(4, place(4, 1, 4), "version");
    for (long count : new long[] {-1, Long.MAX_VALUE, Long.MIN_VALUE, 1 << 20}) {
      assertEquals(8, place(8, count, 8), "tensors");
      assertEquals(16, place(16, count, 8), "metadata");
      assertEquals(24, place(24, count, 8), "length of the first key");
    }
    int first = 24 + 8 + "general.architecture".length();
    assertEquals(first, place(first, 13, 4), "kind of a value");
    int tensor = find("a", find("bc", 0) + 2) + 1;
    assertEquals(tensor, place(tensor, 5, 4), "dimensions");
    assertEquals(tensor + 4, place(tensor + 4, 0, 8), "a dimension");
    assertEquals(tensor + 12, place(tensor + 12, 1L << 40, 8), "a dimension");
    assertEquals(tensor + 20, place(tensor + 20, 2, 4), "type Q4_0");
    assertEquals(tensor + 24, place(tensor + 24, 32, 8), "offset");
  }

  @Test
  void namesAndKeysComeOnce() throws IOException {
    byte[] bytes = valid.clone();
    int b = find("b", find("a", find("bc", 0) + 2) + 1);
    bytes[b] = 'a';
    FormatException e = assertThrows(FormatException.class, () -> open(bytes));
    assertTrue(String.valueOf(e.getMessage()).contains("got a again"), e.getMessage());
  }

  private long place(int at, long value, int bytes) throws IOException {
    byte[] changed = valid.clone();
    byte[] number = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(value).array();
    System.arraycopy(number, 0, changed, at, bytes);
    FormatException e = assertThrows(FormatException.class, () -> open(changed), "at " + at);
    return e.offset();
  }

  private int find(String what, int from) {
    return new String(valid, StandardCharsets.ISO_8859_1).indexOf(what, from);
  }

  private boolean refused(byte[] bytes) throws IOException {
    try {
      open(bytes);
      return false;
    } catch (FormatException e) {
      assertTrue(e.offset() >= 0 && e.offset() <= bytes.length, e.getMessage());
      return true;
    }
  }

  private void open(byte[] bytes) throws IOException {
    Path path = dir.resolve("bad");
    Files.write(path, bytes);
    try (Gguf file = Gguf.open(path)) {
      file.tensors().values().forEach(GgufTensor::toTensor);
    }
  }
}
