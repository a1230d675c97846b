package io.tritter.format;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tritter.quant.FourBitCode;
import io.tritter.quant.FourBitMatrix;
import io.tritter.quant.Int8Matrix;
import io.tritter.tensor.Tensor;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BitsAndBytesTest {
  private static final int ROWS = 17;
  private static final int COLS = 207;
  private static final int MUTATIONS = 4000;

  @TempDir Path dir;

  private static Tensor weight() {
    SplittableRandom random = new SplittableRandom(1);
    Tensor w = Tensor.zeros(ROWS, COLS);
    for (int i = 0; i < w.size(); i++) {
      w.set(i, (float) random.nextDouble(-1, 1));
    }
    return w;
  }

  private static Map<String, StoredTensor> fourBit(FourBitCode code, boolean nested) {
    return BitsAndBytes.parts(
        "x.weight", FourBitMatrix.quantize(weight(), code, 64, nested), "float32");
  }

  private TensorDirectory written(Map<String, StoredTensor> parts) throws IOException {
    Safetensors.write(dir.resolve(TensorDirectory.SINGLE), parts, Map.of("format", "pt"));
    return TensorDirectory.open(dir);
  }

  @ParameterizedTest
  @CsvSource({"NF4,false", "NF4,true", "FP4,false", "FP4,true"})
  void fourBitWeightsComeBackWithEveryPart(FourBitCode code, boolean nested) throws IOException {
    Map<String, StoredTensor> parts = fourBit(code, nested);
    TensorDirectory tensors = written(parts);
    assertTrue(BitsAndBytes.isFourBit(tensors, "x.weight"));
    assertFalse(BitsAndBytes.isInt8(tensors, "x.weight"));
    FourBitMatrix read = BitsAndBytes.fourBit(tensors, "x.weight", ROWS, COLS);
    FourBitMatrix expected = FourBitMatrix.quantize(weight(), code, 64, nested);
    assertArrayEquals(expected.decode().toArray(), read.decode().toArray());
    Map<String, StoredTensor> again = BitsAndBytes.parts("x.weight", read, "float32");
    assertEquals(parts.keySet(), again.keySet());
    for (Map.Entry<String, StoredTensor> part : again.entrySet()) {
      StoredTensor before = parts.getOrDefault(part.getKey(), part.getValue());
      assertEquals(-1, before.data().mismatch(part.getValue().data()), part.getKey());
    }
  }

  @Test
  void theKeysAreThoseOfBitsandbytes() {
    assertEquals(
        Set.of(
            "x.weight",
            "x.weight.absmax",
            "x.weight.quant_map",
            "x.weight.quant_state.bitsandbytes__fp4"),
        fourBit(FourBitCode.FP4, false).keySet());
    assertEquals(
        Set.of(
            "x.weight",
            "x.weight.absmax",
            "x.weight.quant_map",
            "x.weight.nested_absmax",
            "x.weight.nested_quant_map",
            "x.weight.quant_state.bitsandbytes__nf4"),
        fourBit(FourBitCode.NF4, true).keySet());
    assertEquals(
        Set.of("x.weight", "x.SCB", "x.weight_format"),
        BitsAndBytes.parts("x.weight", Int8Matrix.quantize(weight())).keySet());
  }

  @Test
  void bytesComeBack() throws IOException {
    Int8Matrix expected = Int8Matrix.quantize(weight());
    TensorDirectory tensors = written(BitsAndBytes.parts("x.weight", expected));
    assertTrue(BitsAndBytes.isInt8(tensors, "x.weight"));
    Int8Matrix read = BitsAndBytes.int8(tensors, "x.weight", ROWS, COLS);
    assertArrayEquals(expected.decode().toArray(), read.decode().toArray());
  }

  /** A part, what takes its place (nothing, or a state), and a piece of the message. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          x.weight.quant_state.bitsandbytes__nf4 | | expected the state of a 4-bit weight, got none
          x.weight.quant_map | | expected F32 of 16 elements, got none
          x.weight.nested_quant_map | | expected F32 of 256 elements, got none
          x.weight.quant_state.bitsandbytes__nf4 | {"quant_type" | expected JSON
          x.weight.quant_state.bitsandbytes__nf4 | {"quant_type":"int4"} | quant_type: expected "nf4", got "int4"
          x.weight.quant_state.bitsandbytes__nf4 | {"quant_type":"nf4","shape":[207,17]} | shape: expected [17,207], got [207,17]
          x.weight.quant_state.bitsandbytes__nf4 | {"quant_type":"nf4","shape":[17,207],"blocksize":0} | blocksize: expected a positive integer, got 0
          x.weight.quant_state.bitsandbytes__nf4 | {"quant_type":"nf4","shape":[17,207],"blocksize":128} | expected U8 of 28 elements, got U8[55]
          x.weight.quant_state.bitsandbytes__nf4 | {"quant_type":"nf4","shape":[17,207],"blocksize":64} | nested_blocksize: expected a positive integer, got
          x.weight.quant_state.bitsandbytes__nf4 | {"quant_type":"nf4","shape":[17,207],"blocksize":64,"nested_blocksize":256} | nested_offset: expected a number, got
          x.weight.quant_state.bitsandbytes__nf4 | {"quant_type":"nf4","shape":[17,207],"blocksize":64,"nested_blocksize":256,"nested_offset":1e99} | offset: expected a finite number, got Infinity
          """)
  void partsThatDoNotFitAreRefused(String key, String state, String message) throws IOException {
    Map<String, StoredTensor> parts = new LinkedHashMap<>(fourBit(FourBitCode.NF4, true));
    if (state == null) {
      parts.remove(key);
    } else {
      byte[] bytes = state.getBytes(StandardCharsets.UTF_8);
      parts.put(key, StoredTensor.of(bytes, bytes.length));
    }
    TensorDirectory tensors = written(parts);
    FormatException e =
        assertThrows(
            FormatException.class, () -> BitsAndBytes.fourBit(tensors, "x.weight", ROWS, COLS));
    assertTrue(String.valueOf(e.getMessage()).contains(message), e.getMessage());
  }

  /** Bits flipped anywhere, and bytes of the states replaced. */
  @Test
  void mutatedFilesAreRefusedOrRead() throws IOException {
    Map<String, StoredTensor> parts = new LinkedHashMap<>(fourBit(FourBitCode.NF4, true));
    parts.putAll(
        BitsAndBytes.parts("y.weight", Int8Matrix.quantize(Tensor.of(new float[] {1, 2}, 1, 2))));
    Path file = dir.resolve(TensorDirectory.SINGLE);
    Safetensors.write(file, parts, Map.of());
    byte[] valid = Files.readAllBytes(file);
    int state = new String(valid, StandardCharsets.ISO_8859_1).indexOf("{\"quant_type");
    assertTrue(state > 0);
    int refused = 0;
    for (int seed = 0; seed < MUTATIONS; seed++) {
      byte[] mutated = valid.clone();
      Random random = new Random(seed);
      for (int i = 0; i <= random.nextInt(4); i++) {
        if (random.nextBoolean()) {
          mutated[random.nextInt(mutated.length)] ^= (byte) (1 << random.nextInt(8));
        } else {
          mutated[state + random.nextInt(120)] =
              (byte) "0198{}[]\",:-e.n\0".charAt(random.nextInt(16));
        }
      }
      Files.write(file, mutated);
      try {
        TensorDirectory tensors = TensorDirectory.open(dir);
        BitsAndBytes.fourBit(tensors, "x.weight", ROWS, COLS).decode();
        BitsAndBytes.int8(tensors, "y.weight", 1, 2).decode();
      } catch (FormatException e) {
        assertTrue(e.offset() >= 0 && e.offset() <= valid.length, e.getMessage());
        refused++;
      } catch (RuntimeException e) {
        throw new AssertionError("seed " + seed, e);
      }
    }
    assertTrue(refused > MUTATIONS / 4, "refused only " + refused);
    assertTrue(refused < MUTATIONS, "refused all");
  }
}
