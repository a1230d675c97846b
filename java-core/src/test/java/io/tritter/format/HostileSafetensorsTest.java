package io.tritter.format;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Files that are broken, cut or made to harm: each is refused by a FormatException, or right. */
class HostileSafetensorsTest {
  private static final int MUTATIONS = 2000;
  private static final ObjectMapper MAPPER = new ObjectMapper();

  @TempDir Path dir;

  /** Each line: a header, the bytes of data behind it, a part of the message. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          []                                                                | 0 | expected '{'
          {"a":1}                                                           | 0 | expected START_OBJECT
          {"a":{}}                                                          | 0 | expected dtype
          {"a":{"dtype":"F31","shape":[1],"data_offsets":[0,4]}}            | 4 | expected a dtype
          {"a":{"dtype":5,"shape":[1],"data_offsets":[0,4]}}                | 4 | expected VALUE_STRING
          {"a":{"dtype":"F32","shape":[1.0],"data_offsets":[0,4]}}          | 4 | expected VALUE_NUMBER_INT
          {"a":{"dtype":"F32","shape":["1"],"data_offsets":[0,4]}}          | 4 | expected VALUE_NUMBER_INT
          {"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}           | 4 | got -1
          {"a":{"dtype":"F32","shape":[2147483648],"data_offsets":[0,4]}}   | 4 | got 2147483648
          {"a":{"dtype":"F32","shape":[2147483647,2147483647,9],"data_offsets":[0,4]}} | 4 | expected a size below
          {"a":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,0]}}   | 0 | got 4294967296
          {"a":{"dtype":"F32","shape":[99999999999999999999],"data_offsets":[0,4]}}    | 4 | got 99999999999999999999
          {"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}            | 4 | expected 8 bytes
          {"a":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}}            | 4 | expected 4 bytes
          {"a":{"dtype":"F32","shape":[1],"data_offsets":[0]}}              | 4 | two data_offsets
          {"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4,8]}}          | 8 | two data_offsets
          {"a":{"dtype":"F32","shape":[1],"data_offsets":[0,8]}}            | 4 | got 8
          {"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}            | 8 | expected data from 0
          {"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}            | 8 | expected 4 bytes of tensors
          {"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"b":{"dtype":"U8","shape":[2],"data_offsets":[1,3]}} | 3 | b: expected data from 2 on, got 1
          {"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"b":{"dtype":"U8","shape":[1],"data_offsets":[2,3]}} | 3 | b: expected data from 1 on, got 2
          {"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}} | 1 | Duplicate
          {"a":{"dtype":"U8","dtype":"I8","shape":[1],"data_offsets":[0,1]}} | 1 | Duplicate
          {"__metadata__":{"a":1}}                                          | 0 | expected VALUE_STRING
          {"__metadata__":[]}                                               | 0 | expected START_OBJECT
          {"__metadata__":{"a":"b","a":"c"}}                                | 0 | Duplicate
          {} {}                                                             | 0 | expected the end of the header
          {"a"                                                              | 0 | expected JSON
          """)
  void headersThatBreakARuleAreRefused(String json, int dataBytes, String message)
      throws IOException {
    Path path = dir.resolve("bad");
    Files.write(path, file(json.getBytes(StandardCharsets.UTF_8), dataBytes));
    FormatException e = assertThrows(FormatException.class, () -> Safetensors.open(path).close());
    assertTrue(String.valueOf(e.getMessage()).contains(message), e.getMessage());
    assertEquals(path.toString(), e.source());
    assertTrue(e.offset() >= 8 && e.offset() <= 8 + json.length(), e.getMessage());
  }

  @Test
  void headerLengthsThatLieAreRefused() throws IOException {
    for (long length :
        new long[] {0, 1, 3, 1000, 100_000_001, Long.MAX_VALUE, Long.MIN_VALUE, -1}) {
      byte[] bytes = file("{}".getBytes(StandardCharsets.UTF_8), 0);
      ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putLong(0, length);
      refused(bytes);
    }
    refused(new byte[0]);
    refused(new byte[7]);
    refused(file("{\"\u0000".getBytes(StandardCharsets.UTF_16LE), 0));
    refused(file(new byte[] {'{', '"', (byte) 0xFF, '"', ':', '{', '}', '}'}, 0));
    refused(file(("{\"a\":" + "[".repeat(5000)).getBytes(StandardCharsets.UTF_8), 0));
  }

  @Test
  void fieldsOfALaterVersionAreSkipped() throws IOException {
    Path path = dir.resolve("later");
    String json =
        """
        {"a":{"dtype":"U8","shape":[1],"new":{"x":[1,{}]},"data_offsets":[0,1]}}   \
        """;
    Files.write(path, file(json.getBytes(StandardCharsets.UTF_8), 1));
    try (Safetensors file = Safetensors.open(path)) {
      assertEquals(1, file.get("a").size());
    }
  }

  @Test
  void everyTruncationIsRefused() throws IOException {
    byte[] valid = valid();
    for (int length = 0; length < valid.length; length++) {
      refused(Arrays.copyOf(valid, length));
    }
  }

  @Test
  void mutatedFilesAreRefusedOrReadRight() throws IOException {
    byte[] valid = valid();
    int refused = 0;
    for (int seed = 0; seed < MUTATIONS; seed++) {
      byte[] mutated = mutate(valid, new Random(seed));
      Path path = dir.resolve("mutated");
      Files.write(path, mutated);
      try (Safetensors file = Safetensors.open(path)) {
        readsWhatAnotherParserSees(file, mutated, seed);
      } catch (FormatException e) {
        refused++;
      } catch (RuntimeException e) {
        fail("seed " + seed, e);
      }
    }
    assertTrue(refused > MUTATIONS / 2, "refused only " + refused);
    assertTrue(refused < MUTATIONS, "refused all");
  }

  private static void readsWhatAnotherParserSees(Safetensors file, byte[] bytes, int seed)
      throws IOException {
    int length = (int) ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong(0);
    JsonNode json = MAPPER.readTree(bytes, 8, length);
    long covered = 0;
    for (Map.Entry<String, JsonNode> e : json.properties()) {
      if (e.getKey().equals("__metadata__")) {
        continue;
      }
      StoredTensor tensor = file.get(e.getKey());
      int begin = 8 + length + e.getValue().get("data_offsets").get(0).intValue();
      int end = 8 + length + e.getValue().get("data_offsets").get(1).intValue();
      assertArrayEquals(
          Arrays.copyOfRange(bytes, begin, end),
          tensor.data().toArray(ValueLayout.JAVA_BYTE),
          "seed " + seed);
      assertEquals(e.getValue().get("dtype").textValue(), tensor.dtype().name(), "seed " + seed);
      assertEquals(
          e.getValue().get("shape").toString(),
          Arrays.toString(tensor.shape()).replace(" ", ""),
          "seed " + seed);
      assertEquals(tensor.size(), tensor.toTensor().size(), "seed " + seed);
      covered += end - begin;
    }
    assertEquals(bytes.length, 8 + length + covered, "seed " + seed);
  }

  /** Bit flips, digits, inserted, removed, doubled and overwritten runs, mostly in the header. */
  private static byte[] mutate(byte[] valid, Random random) {
    byte[] bytes = valid.clone();
    int edits = 1 + random.nextInt(3);
    for (int i = 0; i < edits; i++) {
      int at = random.nextInt(random.nextInt(8) == 0 ? bytes.length : bytes.length - 40);
      int run = 1 + random.nextInt(8);
      switch (random.nextInt(6)) {
        case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
        case 1 -> bytes[at] = (byte) ('0' + random.nextInt(10));
        case 2 -> bytes[at] = (byte) "{}[]\",:- \\".charAt(random.nextInt(10));
        case 3 -> bytes = splice(bytes, at, at + run, new byte[0]);
        case 4 -> bytes = splice(bytes, at, at, Arrays.copyOfRange(bytes, at, at + run));
        default -> {
          byte[] noise = new byte[run];
          random.nextBytes(noise);
          bytes = splice(bytes, at, at + run, noise);
        }
      }
    }
    return bytes;
  }

  private static byte[] splice(byte[] bytes, int from, int to, byte[] middle) {
    int end = Math.min(to, bytes.length);
    byte[] result = new byte[from + middle.length + bytes.length - end];
    System.arraycopy(bytes, 0, result, 0, from);
    System.arraycopy(middle, 0, result, from, middle.length);
    System.arraycopy(bytes, end, result, from + middle.length, bytes.length - end);
    return result;
  }

  private byte[] valid() throws IOException {
    Path path = dir.resolve("valid");
    Safetensors.write(
        path,
        Map.of(
            "weight", StoredTensor.of(new byte[] {1, 2, 3, 4, 5, 6}, 2, 3),
            "scale", SafetensorsTest.raw(DType.F32, new byte[] {0, 0, (byte) 0x80, 0x3F}, 1),
            "none", StoredTensor.of(new long[0], 0, 4),
            "step", StoredTensor.of(new long[] {77, 78}, 2)),
        Map.of("format", "pt"));
    return Files.readAllBytes(path);
  }

  private void refused(byte[] bytes) throws IOException {
    Path path = dir.resolve("refused");
    Files.write(path, bytes);
    assertThrows(
        FormatException.class,
        () -> Safetensors.open(path).close(),
        () -> Arrays.toString(Arrays.copyOf(bytes, Math.min(bytes.length, 64))));
  }

  private static byte[] file(byte[] header, int dataBytes) {
    return ByteBuffer.allocate(8 + header.length + dataBytes)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(header.length)
        .put(header)
        .array();
  }
}
