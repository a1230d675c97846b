package io.tritter.ternary;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.tritter.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TritMatrixTest {
  @ParameterizedTest
  @ValueSource(ints = {1, 3, 7, 8, 15, 16, 17, 63, 64, 65, 127, 207, 1021})
  void packingAndUnpackingAreInverse(int cols) {
    int rows = 5;
    Tensor trits = random(rows, cols);
    TritMatrix packed = TritMatrix.pack(trits);
    assertEquals(5L * ((cols + 3) / 4), packed.bytes().byteSize());
    assertEquals(packed, TritMatrix.of(packed.bytes(), rows, cols));
    assertArrayEquals(trits.toArray(), dequantized(packed, 1f).toArray(), 0f);
    for (int r = 0; r < rows; r++) {
      assertEquals(PackedTrits.of(trits.rows(r, r + 1)), packed.row(r));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 5, 8, 13, 20})
  void scalesOfGroupsMultiplyTheTrits(int groupSize) {
    int rows = 4;
    int cols = 13;
    int groups = (cols + groupSize - 1) / groupSize;
    Tensor trits = random(rows, cols);
    Tensor scales = Tensor.zeros(rows, groups);
    for (int i = 0; i < scales.size(); i++) {
      scales.set(i, i + 0.5f);
    }
    Tensor out = Tensor.zeros(2, cols);
    TritMatrix.pack(trits).dequantize(1, 3, scales, groupSize, out);
    for (int i = 0; i < out.size(); i++) {
      int r = 1 + i / cols;
      float expected =
          trits.get((long) r * cols + i % cols)
              * scales.get((long) r * groups + i % cols / groupSize);
      assertEquals(expected, out.get(i), 0f);
    }
  }

  @Test
  void zerosAreCounted() {
    TritMatrix m = TritMatrix.pack(Tensor.of(new float[] {1, 0, -1, 0, -0f, 1}, 2, 3));
    assertEquals(3, m.nonZeros());
    assertEquals(0.5, m.sparsity());
  }

  @Test
  void matricesAreEqualWhenShapeAndTritsAre() {
    Tensor trits = Tensor.of(new float[] {1, 0, -1, 0}, 2, 2);
    assertEquals(TritMatrix.pack(trits), TritMatrix.pack(trits.copy()));
    assertEquals(TritMatrix.pack(trits).hashCode(), TritMatrix.pack(trits.copy()).hashCode());
    assertNotEquals(TritMatrix.pack(trits), TritMatrix.pack(trits.reshape(1, 4)));
    assertNotEquals(TritMatrix.pack(trits), TritMatrix.pack(Tensor.zeros(2, 2)));
  }

  @Test
  void theFirstNumberThatIsNotATritIsNamed() {
    for (float wrong : new float[] {0.9f, -0.5f, 2, Float.NaN, Float.MIN_VALUE, 1e-38f}) {
      Tensor trits = Tensor.zeros(300, 7);
      trits.set(7L * 299 + 1, wrong);
      trits.set(7L * 123 + 5, wrong);
      assertMessage(
          "trits: expected -1, 0 or 1, got " + wrong + " at row 123, column 5",
          () -> TritMatrix.pack(trits));
    }
  }

  @Test
  void bytesThatAreNotTritsAreRefused() {
    assertMessage(
        "packed: expected codes 00, 01 and 10, got 11 at row 1, column 6",
        () -> TritMatrix.of(bytes(0, 0, 0, 0b11_00_00), 2, 7));
    assertMessage(
        "packed: expected zeros behind the last column of a row, got byte 64 at the end of row 0",
        () -> TritMatrix.of(bytes(0, 64, 0, 0), 2, 7));
    assertMessage(
        "packed: expected 4 bytes for 2 rows of 7 trits, got 3",
        () -> TritMatrix.of(bytes(0, 0, 0), 2, 7));
    assertMessage("rows: expected at least 1, got 0", () -> TritMatrix.pack(Tensor.zeros(0, 3)));
    assertMessage("trits: expected shape [n, n], got [3]", () -> TritMatrix.pack(Tensor.zeros(3)));
  }

  @Test
  void wrongScalesAreRefused() {
    TritMatrix m = TritMatrix.pack(Tensor.zeros(2, 5));
    assertMessage(
        "scales: expected 6 numbers, got 2",
        () -> m.dequantize(0, 2, Tensor.zeros(2), 2, Tensor.zeros(2, 5)));
    assertMessage(
        "out: expected room for rows 0 to 2 of 2, got 5",
        () -> m.dequantize(0, 2, Tensor.zeros(2), 5, Tensor.zeros(5)));
  }

  private static MemorySegment bytes(int... values) {
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) values[i];
    }
    return MemorySegment.ofArray(bytes);
  }

  private static Tensor dequantized(TritMatrix m, float scale) {
    Tensor scales = Tensor.zeros(m.rows());
    for (int r = 0; r < m.rows(); r++) {
      scales.set(r, scale);
    }
    Tensor out = Tensor.zeros(m.rows(), m.cols());
    m.dequantize(0, m.rows(), scales, m.cols(), out);
    return out;
  }

  private static Tensor random(int rows, int cols) {
    SplittableRandom random = new SplittableRandom(cols);
    Tensor trits = Tensor.zeros(rows, cols);
    for (long i = 0; i < trits.size(); i++) {
      trits.set(i, random.nextInt(-1, 2));
    }
    return trits;
  }

  private static void assertMessage(String message, Executable action) {
    assertEquals(message, assertThrows(IllegalArgumentException.class, action).getMessage());
  }
}
