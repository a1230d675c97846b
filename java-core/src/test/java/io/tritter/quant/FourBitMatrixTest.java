package io.tritter.quant;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tritter.Golden;
import io.tritter.tensor.NativeMemory;
import io.tritter.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Locale;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class FourBitMatrixTest {
  private static Tensor random(int rows, int cols) {
    SplittableRandom random = new SplittableRandom(31L * rows + cols);
    Tensor w = Tensor.zeros(rows, cols);
    for (int i = 0; i < w.size(); i++) {
      w.set(i, (float) random.nextDouble(-1, 1));
    }
    return w;
  }

  private static void assertBytes(Tensor expected, MemorySegment actual, String what) {
    assertEquals(expected.size(), actual.byteSize(), what);
    for (int i = 0; i < expected.size(); i++) {
      int got = Byte.toUnsignedInt(actual.get(ValueLayout.JAVA_BYTE, i));
      assertEquals((int) expected.get(i), got, what + " " + i);
    }
  }

  /**
   * Equal numbers: FP4 has two codes for 0, and the sign of a zero depends on who looks them up.
   */
  private static void assertNumbers(Tensor expected, Tensor actual) {
    assertEquals(expected.size(), actual.size());
    for (int i = 0; i < expected.size(); i++) {
      assertTrue(expected.get(i) == actual.get(i), "number " + i);
    }
  }

  private static Golden.Case golden(FourBitCode code, String suffix) {
    return Golden.load(code.name().toLowerCase(Locale.ROOT) + suffix);
  }

  @ParameterizedTest
  @EnumSource
  void codesAndNumbersAreThoseOfBitsandbytes(FourBitCode code) {
    Golden.Case golden = golden(code, "");
    FourBitMatrix m = FourBitMatrix.quantize(golden.get("weight"), code, 64, false);
    assertArrayEquals(golden.get("code").toArray(), code.numbers().toArray());
    assertBytes(golden.get("packed"), m.codes(), "packed");
    assertArrayEquals(golden.get("absmax").toArray(), m.absmax().toArray());
    assertNumbers(golden.get("dequantized"), m.decode());
    assertEquals(m.codes().byteSize() + 4 * m.absmax().size(), m.sizeBytes());
  }

  @ParameterizedTest
  @EnumSource
  void doublyQuantizedScalesAreThoseOfBitsandbytes(FourBitCode code) {
    Golden.Case golden = golden(code, "_double_quant");
    FourBitMatrix m = FourBitMatrix.quantize(golden.get("weight"), code, 64, true);
    NestedScales nested = m.nested();
    assertNotNull(nested);
    assertBytes(golden.get("packed"), m.codes(), "packed");
    assertBytes(golden.get("absmax_u8"), nested.codes(), "absmax");
    assertEquals(golden.get("offset").get(0), nested.offset());
    assertArrayEquals(golden.get("nested_absmax").toArray(), nested.absmax().toArray());
    assertArrayEquals(golden.get("nested_code").toArray(), nested.map().toArray());
    assertNumbers(golden.get("dequantized"), m.decode());
  }

  /** Blocks run over the ends of rows, and the last one ends early. */
  @ParameterizedTest
  @ValueSource(ints = {32, 64, 128, 256, 512, 1024, 2048, 4096})
  void noWeightIsFartherOffThanTheWidestGapOfTheCodebook(int blockSize) {
    for (FourBitCode code : FourBitCode.values()) {
      for (boolean doubleQuantized : new boolean[] {false, true}) {
        Tensor w = random(65, 207);
        FourBitMatrix m = FourBitMatrix.quantize(w, code, blockSize, doubleQuantized);
        Tensor decoded = m.decode();
        // half the gap between 0.667 and 1 of FP4, and what 8 bits take off a scale
        double bound = 0.167 + (doubleQuantized ? 0.05 : 0);
        for (int i = 0; i < w.size(); i++) {
          assertEquals(w.get(i), decoded.get(i), bound, m + ", weight " + i);
        }
        assertEquals(Math.ceilDiv(w.size(), blockSize), m.absmax().size());
      }
    }
  }

  @Test
  void zerosStayZeros() {
    FourBitMatrix m = FourBitMatrix.quantize(Tensor.zeros(3, 50), FourBitCode.NF4, 64, true);
    for (float x : m.decode().toArray()) {
      assertEquals(0f, x);
    }
  }

  @Test
  void theMapsAreAscendingAndEndAtOne() {
    for (float[] map : new float[][] {DynamicMap.signed(), DynamicMap.unsigned()}) {
      assertEquals(256, map.length);
      assertEquals(1f, map[255]);
      for (int i = 1; i < map.length; i++) {
        assertTrue(map[i - 1] < map[i], "number " + i);
      }
      for (int i = 0; i < map.length; i++) {
        assertEquals(i, DynamicMap.nearest(map, map[i]));
      }
      assertEquals(0, DynamicMap.nearest(map, -2f));
      assertEquals(255, DynamicMap.nearest(map, 2f));
    }
    assertEquals(0f, DynamicMap.unsigned()[0]);
  }

  @ParameterizedTest
  @CsvSource({
    "16, 'blockSize: expected a power of two, 32 to 4096, got 16'",
    "96, 'blockSize: expected a power of two, 32 to 4096, got 96'",
    "8192, 'blockSize: expected a power of two, 32 to 4096, got 8192'"
  })
  void otherBlockSizesAreRefused(int blockSize, String message) {
    Tensor w = random(2, 3);
    Exception e =
        assertThrows(
            IllegalArgumentException.class,
            () -> FourBitMatrix.quantize(w, FourBitCode.NF4, blockSize, false));
    assertEquals(message, e.getMessage());
  }

  @Test
  void partsThatDoNotFitAreRefused() {
    MemorySegment codes = NativeMemory.allocate(4);
    Tensor absmax = Tensor.zeros(1);
    FourBitMatrix.of(2, 4, FourBitCode.NF4, codes, absmax, 64);
    assertRefused(
        "codes: expected 5 bytes, got 4",
        () -> FourBitMatrix.of(3, 3, FourBitCode.NF4, codes, absmax, 64));
    assertRefused(
        "absmax: expected shape [1], got [2]",
        () -> FourBitMatrix.of(2, 4, FourBitCode.NF4, codes, Tensor.zeros(2), 64));
    Tensor bad = Tensor.of(new float[] {Float.NaN}, 1);
    assertRefused(
        "absmax[0]: expected a finite number, got NaN",
        () -> FourBitMatrix.of(2, 4, FourBitCode.NF4, codes, bad, 64));
    Tensor w = random(2, 3);
    w.set(4, Float.POSITIVE_INFINITY);
    assertRefused(
        "weight[4]: expected a finite number, got Infinity",
        () -> FourBitMatrix.quantize(w, FourBitCode.NF4, 64, false));
  }

  private static void assertRefused(String message, Runnable call) {
    assertEquals(message, assertThrows(IllegalArgumentException.class, call::run).getMessage());
  }
}
